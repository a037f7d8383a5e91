#include "vault/wallet/pan.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "base/ascii.h"
#include "base/unicode.h"
#include "vault/wallet/error_codes.h"

namespace cardvault {
namespace {

constexpr std::size_t kShortest = 12;
constexpr std::size_t kLongest = 19;

// Minimum number of hidden digits if the first six and last four are shown.
constexpr std::size_t kFewestHidden = 6;
constexpr std::size_t kFirst = 6;
constexpr std::size_t kLast = 4;

/// Collects digits and wipes them at the end.
struct ReadDigits {
  std::array<char, kLongest> digits{};
  std::size_t count = 0;
  bool too_many = false;
  bool other = false;

  void take(const Character& one) {
    if (one.glyph == Glyph::space || one.glyph == Glyph::dash || one.glyph == Glyph::thin) return;
    if (one.glyph != Glyph::digit) {
      other = true;
    } else if (count == kLongest) {
      too_many = true;
    } else {
      digits.at(count++) = static_cast<char>('0' + one.digit);
    }
  }
};

std::unexpected<Error> invalid_pan(std::string reason) {
  Error error = make_error(WalletError::invalid_pan,
                           "The card number is not valid. Correct the member listed in errors.");
  error.fields.push_back({"pan", std::move(reason)});
  return fail(std::move(error));
}

}  // namespace

Pan::Pan(SecretText digits, Scheme scheme, bool luhn_valid)
    : digits_(std::move(digits)), scheme_(scheme), luhn_valid_(luhn_valid) {}

std::string Pan::last4() const {
  const std::string_view digits = digits_.expose();
  return std::string(digits.substr(digits.size() - 4));
}

std::string Pan::first6() const {
  if (length() < kFirst + kFewestHidden + kLast) return "";
  return std::string(digits_.expose().substr(0, kFirst));
}

Result<Pan> Pan::parse(const SecretText& text) {
  ReadDigits read;
  const WipeAtEnd wiped(read.digits);
  fold_text(text.expose(), [&](const Character& one) { read.take(one); });
  if (read.other) return invalid_pan("not_digits");
  if (read.too_many || read.count < kShortest) return invalid_pan("invalid_length");
  const std::string_view digits(read.digits.data(), read.count);
  if (std::ranges::all_of(digits, [](char c) { return c == '0'; })) return invalid_pan("all_zeros");
  const Scheme scheme = match_scheme(digits).scheme;
  const bool luhn_valid = passes_luhn(digits);
  if (!luhn_valid && scheme != Scheme::unionpay) return invalid_pan("luhn_check_failed");
  return Pan(SecretText(digits), scheme, luhn_valid);
}

std::optional<Pan> Pan::restore(SecretText digits) {
  const std::string_view text = digits.expose();
  if (text.size() < kShortest || text.size() > kLongest) return std::nullopt;
  if (!std::ranges::all_of(text, is_digit)) return std::nullopt;
  const Scheme scheme = match_scheme(text).scheme;
  const bool luhn_valid = passes_luhn(text);
  return Pan(std::move(digits), scheme, luhn_valid);
}

}  // namespace cardvault
