#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "crypto/keys/seals/shamir.h"
#include "crypto/secret.h"

namespace cardvault {

/// Tells the shares of one ceremony from those of every other.
using CeremonyId = std::array<std::uint8_t, 8>;

inline constexpr std::size_t kSharedRootSize = 32;

/// One custodian's part of a root key, and what it says about itself. Made for paper: 72 characters
/// of Crockford's base 32 in groups of four, and a word.
///
///   text = "cvs1-" | 18 groups of 4 digits, with dashes | "-" | word of 8 bits of the check
///   digits = ceremony (8) | threshold - 1 (4 bits) | shares - 1 (4 bits) | index - 1 (4 bits)
///            | check (28 bits) | y (32)
///   check = the first bits of BLAKE2b over all of that, with zeros for the check itself
///
/// A slip of the pen or of a finger passes for another share once in 2^36 times. The check is no
/// protection against somebody who makes up a share: only opening the key is.
struct Share {
  CeremonyId ceremony{};
  std::uint8_t threshold = 0;  ///< how many open the key; 2 ... shares
  std::uint8_t shares = 0;     ///< how many were made; at most shamir::kMostPoints
  shamir::Point point{};       ///< x from 1 to `shares`, y of kSharedRootSize bytes

  /// Case does not matter, I and L are read as 1, O as 0; spaces, dashes and line ends are skipped
  /// wherever they stand. share_refused() for everything that text() did not print.
  [[nodiscard]] static Result<Share> parse(const SecretText& typed);

  [[nodiscard]] SecretText text() const;
};

/// share_refused, with a detail that is the same whatever was wrong: an answer that told a mistyped
/// share from one of another ceremony would help who makes them up. `why` is for the log.
[[nodiscard]] Error share_refused(std::string_view why);

}  // namespace cardvault
