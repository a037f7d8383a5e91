#pragma once

#include <string_view>

namespace cardvault {

/// What an answer names a member whose own name is not repeated.
inline constexpr std::string_view kUnnamed = "(unnamed)";
/// Refused members that one answer lists at most: enough for any request that was meant well.
inline constexpr std::size_t kMostRefused = 16;

/// True for a name as this project's own members have: 1 to 24 small letters and underscores. Only
/// such a name may come back to a caller who sent it as an unknown member. A longer one would make
/// the answer large; one with other characters may be a secret at the wrong place.
[[nodiscard]] constexpr bool is_member_name(std::string_view name) {
  constexpr std::size_t kLongest = 24;
  return !name.empty() && name.size() <= kLongest &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string_view::npos;
}

}  // namespace cardvault
