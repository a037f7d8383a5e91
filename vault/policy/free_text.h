#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace cardvault {

/// True when the text holds one or more groups of digits, with only separators (space, dash, dot,
/// slash, underscore) between them, that together would pass as a card number; other groups beside
/// them do not hide it.
[[nodiscard]] bool looks_like_pan(std::string_view text);

/// A text that a caller chose and that may be shown and logged later: well-formed UTF-8 without
/// control characters, `shortest` to `longest` code points, and no card number in it.
/// invalid_request (too_short, too_long, control_characters) or sensitive_data_refused otherwise,
/// naming `field`.
[[nodiscard]] Result<std::string> parse_free_text(std::string_view field, std::string_view text,
                                                  std::size_t shortest, std::size_t longest);

}  // namespace cardvault
