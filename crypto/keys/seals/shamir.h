#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/random.h"
#include "crypto/secret.h"

namespace cardvault::shamir {

/// Secret sharing (A. Shamir, "How to share a secret", CACM 22, 1979): each byte of the secret is
/// f(0) of a polynomial of its own whose other coefficients are random; a point of all of them is a
/// share. With `threshold` points the polynomials are known; with one fewer every secret is as
/// likely as every other. A changed point is not noticed: what is combined has to be tried.
///
/// The field is GF(2^8) modulo x^8 + x^4 + x^3 + x + 1, that of AES (FIPS 197 section 4). Its
/// arithmetic looks nothing up and does not branch on a value, so that no timing and no cache says
/// anything about the secret.

/// Enough for any board, and few enough for a share's number to fit into four bits.
inline constexpr std::uint8_t kMostPoints = 16;

struct Point {
  std::uint8_t x = 0;  ///< not secret, never 0: there the secret itself stands
  SecretBytes y;       ///< as long as the secret
};

/// The points at x = 1 ... count. 2 <= threshold <= count <= kMostPoints.
[[nodiscard]] std::vector<Point> split(ByteView secret, std::uint8_t threshold, std::uint8_t count,
                                       RandomSource& random);

/// The secret, when `points` are `threshold` or more of one split(). At least one point; their x
/// differ, their y have one length.
[[nodiscard]] SecretBytes combine(std::span<const Point> points);

[[nodiscard]] std::uint8_t multiply(std::uint8_t a, std::uint8_t b);
/// The value whose product with `a` is 1; 0 for 0.
[[nodiscard]] std::uint8_t inverse(std::uint8_t a);

}  // namespace cardvault::shamir
