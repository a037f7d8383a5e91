#include "vault/text/free_text.h"

#include <string>

#include "base/bytes.h"
#include "base/unicode.h"

namespace cardvault {

Result<std::string> parse_free_text(std::string_view field, std::string_view text,
                                    std::size_t shortest, std::size_t longest) {
  if (!is_printable_utf8(text)) {
    return fail(invalid_field(std::string(field), "control_characters"));
  }
  const std::string_view kept = trim_blanks(text);
  if (!text.empty() && !is_displayable(kept)) {
    return fail(invalid_field(std::string(field), "not_printable"));
  }
  const std::size_t length = utf8_length(kept);
  if (length < shortest) return fail(invalid_field(std::string(field), "too_short"));
  if (length > longest) return fail(invalid_field(std::string(field), "too_long"));
  return std::string(kept);
}

}  // namespace cardvault
