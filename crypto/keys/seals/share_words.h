#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace cardvault {

/// The word that a share ends with: eight bits of its checksum in a form that can be said aloud.
/// 256 common English words of four to six lower-case letters. No two begin with the same three
/// letters, and no slip of one letter, nor two letters swapped, makes one of them into another. The
/// order is that of printed shares: it never changes.
[[nodiscard]] std::string_view share_word(std::uint8_t number);

inline constexpr std::size_t kLongestShareWord = 6;

}  // namespace cardvault
