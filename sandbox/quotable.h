#pragma once

#include <string>
#include <string_view>

namespace cardvault::sandbox {

/// Makes text from outside safe to keep and show: at most 128 bytes of well-formed UTF-8 without
/// control characters. Longer text is cut and ends in "..."; other text becomes "(unprintable)".
[[nodiscard]] std::string quotable(std::string_view text);

}  // namespace cardvault::sandbox
