#pragma once

#include <cstdint>
#include <string_view>

namespace cardvault {

/// One value of INFO's "name:value" lines; "" when it is not there. Lends from `info`.
[[nodiscard]] std::string_view info_value(std::string_view info, std::string_view name);
/// The digits that it begins with, as "7" of "7.0.15"; 0 without.
[[nodiscard]] std::uint64_t info_number(std::string_view info, std::string_view name);

}  // namespace cardvault
