#include "vault/policy/free_text.h"

#include "base/bytes.h"
#include "vault/wallet/pan.h"

namespace cardvault {

bool looks_like_pan(std::string_view text) {
  const auto belongs = [](char c) { return (c >= '0' && c <= '9') || c == ' ' || c == '-'; };
  std::size_t begin = 0;
  while (begin < text.size()) {
    std::size_t end = begin;
    while (end < text.size() && belongs(text[end])) ++end;
    if (end > begin && Pan::parse(SecretText(text.substr(begin, end - begin)))) return true;
    begin = end + 1;
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
