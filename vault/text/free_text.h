#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace cardvault {

/// A text that a caller chose and that may be shown and logged later, without the blanks at its
/// ends: well-formed UTF-8 without control characters, that people can see (is_displayable in
/// base/unicode.h), `shortest` to `longest` code points. Card numbers are looked for where a whole
/// body is read (api/json/body.h). invalid_request (too_short, too_long, control_characters,
/// not_printable) otherwise, naming `field`.
[[nodiscard]] Result<std::string> parse_free_text(std::string_view field, std::string_view text,
                                                  std::size_t shortest, std::size_t longest);

}  // namespace cardvault
