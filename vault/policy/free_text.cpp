#include "vault/policy/free_text.h"

#include <string>

#include "base/bytes.h"
#include "vault/wallet/pan.h"

namespace cardvault {
namespace {

// Of digits; see Pan.
constexpr std::size_t kLongestPan = 19;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_separator(char c) {
  return c == ' ' || c == '-' || c == '.' || c == '/' || c == '_';
}

/// A card number that begins at text[0] and ends where a group of digits does.
bool begins_with_pan(std::string_view text) {
  std::string digits;
  for (std::size_t i = 0; i < text.size() && digits.size() <= kLongestPan; ++i) {
    if (!is_digit(text[i]) && !is_separator(text[i])) return false;
    if (is_digit(text[i])) digits += text[i];
    const bool group_ends = is_digit(text[i]) && (i + 1 == text.size() || !is_digit(text[i + 1]));
    if (group_ends && Pan::parse(SecretText(std::string_view(digits)))) return true;
  }
  return false;
}

}  // namespace

bool looks_like_pan(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool group_begins = is_digit(text[i]) && (i == 0 || !is_digit(text[i - 1]));
    if (group_begins && begins_with_pan(text.substr(i))) return true;
  }
  return false;
}

Result<std::string> parse_free_text(std::string_view field, std::string_view text,
                                    std::size_t shortest, std::size_t longest) {
  if (!is_printable_utf8(text)) {
    return fail(invalid_field(std::string(field), "control_characters"));
  }
  const std::size_t length = utf8_length(text);
  if (length < shortest) return fail(invalid_field(std::string(field), "too_short"));
  if (length > longest) return fail(invalid_field(std::string(field), "too_long"));
  if (looks_like_pan(text)) {
    Error error = make_error(ErrorCode::sensitive_data_refused,
                             "A member of the request holds what looks like a card number.");
    error.fields.push_back({std::string(field), "not_allowed"});
    return fail(std::move(error));
  }
  return std::string(text);
}

}  // namespace cardvault
