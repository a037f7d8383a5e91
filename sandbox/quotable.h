#pragma once

#include <string>
#include <string_view>

namespace cardvault::sandbox {

/// Text from outside as it is kept and shown: at most 128 bytes of well-formed UTF-8 without
/// control characters. Longer text is cut and ends in "..."; other text becomes "(unprintable)".
[[nodiscard]] std::string quotable(std::string_view text);

}  // namespace cardvault::sandbox
