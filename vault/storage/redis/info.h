#pragma once

#include <cstdint>
#include <string_view>

namespace cardvault {

/// Returns one value of INFO's "name:value" lines, or "" if it is missing. The result refers to
/// `info`.
[[nodiscard]] std::string_view info_value(std::string_view info, std::string_view name);
/// Returns the leading digits of the value, such as "7" of "7.0.15", or 0 if there are none.
[[nodiscard]] std::uint64_t info_number(std::string_view info, std::string_view name);

}  // namespace cardvault
