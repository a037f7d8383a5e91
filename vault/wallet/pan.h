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
  /// Reads what keyboards and copying produce: digits of any script and width, with spaces, dashes
  /// and characters without width anywhere between and around them (see base/unicode.h).
  /// invalid_pan, with the reason (not_digits, invalid_length, all_zeros, luhn_check_failed) in its
  /// field error, for anything that is not a card number then. The Luhn check (ISO/IEC 7812-1 annex
  /// B) is recorded but not required for UnionPay numbers, because some issuers in mainland China
  /// have issued ones without it.
  [[nodiscard]] static Result<Pan> parse(const SecretText& text);
  /// The digits of a number that parse() of this version or of an older one accepted, which may
  /// have taken it for another scheme's. nullopt for anything but 12 to 19 digits.
  [[nodiscard]] static std::optional<Pan> restore(SecretText digits);

  [[nodiscard]] const SecretText& digits() const { return digits_; }
  [[nodiscard]] Scheme scheme() const { return scheme_; }
  [[nodiscard]] bool luhn_valid() const { return luhn_valid_; }
  [[nodiscard]] std::size_t length() const { return digits_.size(); }
  /// What may be shown beside last4(): the first six digits where six others stay hidden, and
  /// nothing of a number with fewer than 16 digits. PCI DSS v4.0.1 (3.4.1) allows six and four of
  /// any number, but of one with 13 digits that leaves 100 candidates with a right check digit.
  [[nodiscard]] std::string first6() const;
  [[nodiscard]] std::string last4() const;

 private:
  Pan(SecretText digits, Scheme scheme, bool luhn_valid);

  SecretText digits_;
  Scheme scheme_;
  bool luhn_valid_;
};

}  // namespace cardvault
