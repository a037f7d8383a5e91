#pragma once

#include <cstdint>
#include <string_view>

#include "base/names.h"

namespace cardvault {

/// The network of a card number, by its leading digits (ISO/IEC 7812-1). The numbers are stored.
enum class Scheme : std::uint8_t {
  unknown = 0,
  unionpay = 1,
  visa = 2,
  mastercard = 3,
  amex = 4,
  jcb = 5,
  diners = 6,
  discover = 7,
  maestro = 8,
  mir = 9,
  rupay = 10,
  elo = 11,
  troy = 12,
  hipercard = 13,
  verve = 14,
};

inline constexpr Scheme kLastScheme = Scheme::verve;

inline constexpr auto kSchemeNames = names_from<Scheme::unknown>(
    "unknown", "unionpay", "visa", "mastercard", "amex", "jcb", "diners", "discover", "maestro",
    "mir", "rupay", "elo", "troy", "hipercard", "verve");

[[nodiscard]] constexpr std::string_view scheme_name(Scheme scheme) {
  return name_of(kSchemeNames, scheme);
}

/// The facts that the leading digits of a number show.
struct SchemeMatch {
  Scheme scheme = Scheme::unknown;
  /// Bit n is set: this range has numbers of n digits.
  std::uint32_t lengths = 0;

  [[nodiscard]] bool has_length(std::size_t digits) const {
    return digits < 32 && (lengths & (1U << digits)) != 0;
  }
};

/// Finds the longest prefix that fits. Examples: 601382 is a prefix that Bank of China had before
/// UnionPay existed, 6011 belongs to Discover, and other numbers with 60 to RuPay. A number of only
/// zeros has no scheme.
[[nodiscard]] SchemeMatch match_scheme(std::string_view digits);

/// True if the check digit is right (ISO/IEC 7812-1, annex B).
[[nodiscard]] bool passes_luhn(std::string_view digits);

}  // namespace cardvault
