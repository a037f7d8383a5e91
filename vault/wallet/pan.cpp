#include "vault/wallet/pan.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace cardvault {
namespace {

constexpr std::size_t kShortest = 12;
constexpr std::size_t kLongest = 19;

/// A range of leading digits, both ends included; `digits` is how many are looked at.
struct SchemeRange {
  std::uint32_t from;
  std::uint32_t to;
  std::size_t digits;
  Scheme scheme;
};

constexpr std::array kRanges{
    SchemeRange{62, 62, 2, Scheme::unionpay},
    SchemeRange{81, 81, 2, Scheme::unionpay},
    SchemeRange{4, 4, 1, Scheme::visa},
    SchemeRange{51, 55, 2, Scheme::mastercard},
    SchemeRange{2221, 2720, 4, Scheme::mastercard},
    SchemeRange{34, 34, 2, Scheme::amex},
    SchemeRange{37, 37, 2, Scheme::amex},
    SchemeRange{3528, 3589, 4, Scheme::jcb},
    SchemeRange{300, 305, 3, Scheme::diners},
    SchemeRange{36, 36, 2, Scheme::diners},
    SchemeRange{38, 39, 2, Scheme::diners},
    SchemeRange{6011, 6011, 4, Scheme::discover},
    SchemeRange{644, 649, 3, Scheme::discover},
    SchemeRange{65, 65, 2, Scheme::discover},
};

Scheme scheme_of(std::string_view digits) {
  for (const SchemeRange& range : kRanges) {
    std::uint32_t lead = 0;
    std::from_chars(digits.data(), digits.data() + range.digits, lead);
    if (lead >= range.from && lead <= range.to) return range.scheme;
  }
  return Scheme::unknown;
}

bool passes_luhn(std::string_view digits) {
  int sum = 0;
  bool doubled = false;
  for (std::size_t i = digits.size(); i-- > 0;) {
    int digit = digits[i] - '0';
    if (doubled) {
      digit *= 2;
      if (digit > 9) digit -= 9;
    }
    sum += digit;
    doubled = !doubled;
  }
  return sum % 10 == 0;
}

std::unexpected<Error> invalid_pan(std::string reason) {
  Error error = make_error(ErrorCode::invalid_pan, "This is not a card number.");
  error.fields.push_back({"pan", std::move(reason)});
  return fail(std::move(error));
}

}  // namespace

std::string_view scheme_name(Scheme scheme) {
  switch (scheme) {
    case Scheme::unknown:
      return "unknown";
    case Scheme::unionpay:
      return "unionpay";
    case Scheme::visa:
      return "visa";
    case Scheme::mastercard:
      return "mastercard";
    case Scheme::amex:
      return "amex";
    case Scheme::jcb:
      return "jcb";
    case Scheme::diners:
      return "diners";
    case Scheme::discover:
      return "discover";
  }
  return "unknown";
}

Pan::Pan(SecretText digits, Scheme scheme, bool luhn_valid)
    : digits_(std::move(digits)), scheme_(scheme), luhn_valid_(luhn_valid) {}

std::string Pan::last4() const {
  const std::string_view digits = digits_.expose();
  return std::string(digits.substr(digits.size() - 4));
}

Result<Pan> Pan::parse(const SecretText& text) {
  std::array<char, kLongest> digits{};
  const WipeAtEnd wiped(digits);
  std::size_t count = 0;
  for (const char c : text.expose()) {
    if (c == ' ' || c == '-') continue;
    if (c < '0' || c > '9') return invalid_pan("not_digits");
    if (count == kLongest) return invalid_pan("invalid_length");
    digits[count++] = c;
  }
  SecretText kept{std::string_view(digits.data(), count)};
  if (count < kShortest) return invalid_pan("invalid_length");
  const Scheme scheme = scheme_of(kept.expose());
  const bool luhn_valid = passes_luhn(kept.expose());
  if (!luhn_valid && scheme != Scheme::unionpay) return invalid_pan("luhn_check_failed");
  return Pan(std::move(kept), scheme, luhn_valid);
}

}  // namespace cardvault
