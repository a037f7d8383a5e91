#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/random.h"
#include "crypto/secret.h"

namespace cardvault::shamir {

/// Secret sharing (A. Shamir, "How to share a secret", CACM 22, 1979). Each byte of the secret is
/// f(0) of its own polynomial, whose other coefficients are random. A share is one point of all
/// these polynomials. `threshold` points determine the polynomials; with one point fewer, every
/// secret is equally likely. Nothing here notices a changed point: the combined secret has to be
/// tried.
///
/// The field is GF(2^8) modulo x^8 + x^4 + x^3 + x + 1, that of AES (FIPS 197 section 4). The
/// arithmetic uses no tables and does not branch on a value. So neither timing nor the cache
/// reveals anything about the secret.

/// Enough for any board. A share's number then fits into four bits.
inline constexpr std::uint8_t kMostPoints = 16;

struct Point {
  std::uint8_t x = 0;  ///< not secret; never 0, because f(0) is the secret
  SecretBytes y;       ///< as long as the secret
};

/// The points at x = 1 ... count. 2 <= threshold <= count <= kMostPoints.
[[nodiscard]] std::vector<Point> split(ByteView secret, std::uint8_t threshold, std::uint8_t count,
                                       RandomSource& random);

/// Returns the secret if `points` are `threshold` or more points of one split(). `points` must not
/// be empty; their x must differ, and their y must have one length.
[[nodiscard]] SecretBytes combine(std::span<const Point> points);

[[nodiscard]] std::uint8_t multiply(std::uint8_t a, std::uint8_t b);
/// The multiplicative inverse of `a`; 0 for 0.
[[nodiscard]] std::uint8_t inverse(std::uint8_t a);

}  // namespace cardvault::shamir
