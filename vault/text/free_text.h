#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace cardvault {

/// Parses a text that a caller chose and that may be shown and logged later. Removes the blanks at
/// both ends. The text must be well-formed UTF-8 without control characters, be visible
/// (is_displayable in base/unicode.h), and have `shortest` to `longest` code points. Otherwise it
/// fails with invalid_request (too_short, too_long, control_characters, not_printable) for `field`.
/// The search for card numbers happens where a whole body is read (api/json/body.h).
[[nodiscard]] Result<std::string> parse_free_text(std::string_view field, std::string_view text,
                                                  std::size_t shortest, std::size_t longest);

}  // namespace cardvault
