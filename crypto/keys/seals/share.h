#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "crypto/keys/seals/shamir.h"
#include "crypto/secret.h"

namespace cardvault {

/// Distinguishes the shares of one ceremony from the shares of every other.
using CeremonyId = std::array<std::uint8_t, 8>;

inline constexpr std::size_t kSharedRootSize = 32;

/// One custodian's part of a root key, with facts about the ceremony. It is made for paper: 72
/// characters of Crockford's base 32 in groups of four, and a word.
///
///   text = "cvs1-" | 18 groups of 4 digits, with dashes | "-" | word of 8 bits of the check
///   digits = ceremony (8) | threshold - 1 (4 bits) | shares - 1 (4 bits) | index - 1 (4 bits)
///            | check (28 bits) | y (32)
///   check = bits 4 to 31 of BLAKE2b over all of that, with zeros for the check itself; the word
///           stands for bits 32 to 39
///
/// An error in writing or typing passes for another share once in 2^36 times. The check does not
/// protect against an attacker who invents a share: only opening the key does.
struct Share {
  CeremonyId ceremony{};
  std::uint8_t threshold = 0;  ///< number that opens the key; 2 ... shares
  std::uint8_t shares = 0;     ///< number that were made; at most shamir::kMostPoints
  shamir::Point point{};       ///< x from 1 to `shares`, y of kSharedRootSize bytes

  /// Case does not matter. I and L are read as 1, O as 0. Spaces, tabs, dashes and line ends are
  /// skipped everywhere. share_refused() for any other difference from the output of text().
  [[nodiscard]] static Result<Share> parse(const SecretText& typed);

  [[nodiscard]] SecretText text() const;
};

/// share_refused. The detail is always the same: if it told a mistyped share from a share of
/// another ceremony, it would help an attacker who invents shares. `why` is for the log.
[[nodiscard]] Error share_refused(std::string_view why);

}  // namespace cardvault
