#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "crypto/secret.h"

namespace cardvault {

/// Which network a number belongs to, by its leading digits (ISO/IEC 7812-1). The numbers are
/// stored.
enum class Scheme : std::uint8_t {
  unknown = 0,
  unionpay = 1,
  visa = 2,
  mastercard = 3,
  amex = 4,
  jcb = 5,
  diners = 6,
  discover = 7,
};

[[nodiscard]] std::string_view scheme_name(Scheme scheme);

/// A card number: 12 to 19 digits, right by construction, wiped when destroyed.
class Pan {
 public:
  /// Spaces and dashes are ignored. invalid_pan, with the reason (not_digits, invalid_length,
  /// luhn_check_failed) in its field error, for anything that is not a card number. The Luhn check
  /// (ISO/IEC 7812-1 annex B) is recorded but not required for UnionPay numbers (62, 81), because
  /// some issuers in mainland China have issued ones without it.
  [[nodiscard]] static Result<Pan> parse(const SecretText& text);

  [[nodiscard]] const SecretText& digits() const { return digits_; }
  [[nodiscard]] Scheme scheme() const { return scheme_; }
  [[nodiscard]] bool luhn_valid() const { return luhn_valid_; }
  [[nodiscard]] std::size_t length() const { return digits_.size(); }
  /// What may be shown (PCI DSS v4.0.1 requirement 3.4.1: at most the first six and the last four).
  [[nodiscard]] std::string first6() const { return std::string(digits_.expose().substr(0, 6)); }
  [[nodiscard]] std::string last4() const;

 private:
  Pan(SecretText digits, Scheme scheme, bool luhn_valid);

  SecretText digits_;
  Scheme scheme_;
  bool luhn_valid_;
};

}  // namespace cardvault
