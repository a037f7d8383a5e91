#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace cardvault {

/// The word at the end of a share: eight bits of its checksum in a form that people can say aloud.
/// The list has 256 common English words of four to six lower-case letters. No two begin with the
/// same three letters. One wrong letter, or two letters swapped, never makes one word into another.
/// Do not change the order: printed shares depend on it.
[[nodiscard]] std::string_view share_word(std::uint8_t number);

inline constexpr std::size_t kLongestShareWord = 6;

}  // namespace cardvault
