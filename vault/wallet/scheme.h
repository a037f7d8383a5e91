#pragma once

#include <cstdint>
#include <string_view>

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
  maestro = 8,
  mir = 9,
  rupay = 10,
  elo = 11,
  troy = 12,
  hipercard = 13,
  verve = 14,
};

inline constexpr Scheme kLastScheme = Scheme::verve;

[[nodiscard]] std::string_view scheme_name(Scheme scheme);

/// What the leading digits of a number say.
struct SchemeMatch {
  Scheme scheme = Scheme::unknown;
  /// Bit n: numbers of n digits are issued in this range.
  std::uint32_t lengths = 0;

  [[nodiscard]] bool has_length(std::size_t digits) const {
    return digits < 32 && (lengths & (1U << digits)) != 0;
  }
};

/// By the longest prefix that fits: 601382 is a prefix that Bank of China had before UnionPay was
/// there, 6011 is Discover's, and 60 otherwise RuPay's. Zeros alone belong to no scheme.
[[nodiscard]] SchemeMatch match_scheme(std::string_view digits);

/// The check digit is right (ISO/IEC 7812-1, annex B).
[[nodiscard]] bool passes_luhn(std::string_view digits);

}  // namespace cardvault
