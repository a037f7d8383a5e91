#pragma once

#include <string_view>

namespace cardvault {

/// An answer uses this name for a member if it does not repeat the member's own name.
inline constexpr std::string_view kUnnamed = "(unnamed)";
/// Maximum number of refused members in one answer: enough for any honest request.
inline constexpr std::size_t kMostRefused = 16;

/// True for 1 to 24 small letters and underscores: the form of this project's own member names. An
/// answer may repeat only such a name of an unknown member. A longer name would make the answer
/// large. A name with other characters may be a secret in the wrong place.
[[nodiscard]] constexpr bool is_member_name(std::string_view name) {
  constexpr std::size_t kLongest = 24;
  return !name.empty() && name.size() <= kLongest &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string_view::npos;
}

}  // namespace cardvault
