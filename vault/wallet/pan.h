#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "base/result.h"
#include "crypto/secret.h"
#include "vault/wallet/scheme.h"

namespace cardvault {

/// A card number: 12 to 19 digits, right by construction, wiped when destroyed.
class Pan {
 public:
  /// Parses the forms that typing and copying produce: digits of any script and width, with spaces,
  /// dashes and characters without width anywhere (see base/unicode.h). A text that is no card
  /// number then fails with invalid_pan. Its field error has the reason: not_digits,
  /// invalid_length, all_zeros or luhn_check_failed. The Luhn check (ISO/IEC 7812-1 annex B) is
  /// recorded but not required for UnionPay numbers, because some issuers in mainland China have
  /// issued numbers without it.
  [[nodiscard]] static Result<Pan> parse(const SecretText& text);
  /// Restores the digits of a number that parse() accepted, in this version or an older one. The
  /// older version may have found another scheme. Returns nullopt if the text is not 12 to 19
  /// digits.
  [[nodiscard]] static std::optional<Pan> restore(SecretText digits);

  [[nodiscard]] const SecretText& digits() const { return digits_; }
  [[nodiscard]] Scheme scheme() const { return scheme_; }
  [[nodiscard]] bool luhn_valid() const { return luhn_valid_; }
  [[nodiscard]] std::size_t length() const { return digits_.size(); }
  /// Returns the digits that may be shown together with last4(): the first six if six others stay
  /// hidden. For a number with fewer than 16 digits it returns "". PCI DSS v4.0.1 (3.4.1) allows
  /// six and four for any number. But with 13 digits, that leaves only 100 candidates with a right
  /// check digit.
  [[nodiscard]] std::string first6() const;
  [[nodiscard]] std::string last4() const;

 private:
  Pan(SecretText digits, Scheme scheme, bool luhn_valid);

  SecretText digits_;
  Scheme scheme_;
  bool luhn_valid_;
};

}  // namespace cardvault
