#include "crypto/keys/seals/shamir.h"

#include <algorithm>
#include <cstddef>

namespace cardvault::shamir {
namespace {

constexpr unsigned kModulus = 0x11b;

/// Horner's rule in each byte, from the highest coefficient down; the secret is the constant term.
SecretBytes evaluate(ByteView secret, ByteView coefficients, std::uint8_t x) {
  const std::size_t size = secret.size();
  SecretBytes y(size);
  const auto out = y.expose_mutable();
  for (std::size_t i = 0; i < size; ++i) {
    std::uint8_t value = 0;
    for (std::size_t end = coefficients.size(); end > 0; end -= size) {
      value = multiply(value ^ coefficients[end - size + i], x);
    }
    out[i] = value ^ secret[i];
  }
  return y;
}

/// Lagrange coefficient of the point `own` at x = 0.
std::uint8_t weight(std::span<const Point> points, const Point& own) {
  std::uint8_t product = 1;
  for (const Point& other : points) {
    if (&other == &own) continue;
    product = multiply(product, multiply(other.x, inverse(other.x ^ own.x)));
  }
  return product;
}

}  // namespace

std::vector<Point> split(ByteView secret, std::uint8_t threshold, std::uint8_t count,
                         RandomSource& random) {
  const SecretBytes coefficients =
      SecretBytes::random(secret.size() * (std::size_t{threshold} - 1), random);
  std::vector<Point> points;
  points.reserve(count);
  for (std::uint8_t x = 1; x <= count; ++x) {
    points.push_back({x, evaluate(secret, coefficients.expose(), x)});
  }
  return points;
}

SecretBytes combine(std::span<const Point> points) {
  SecretBytes secret(points.front().y.size());
  const auto out = secret.expose_mutable();
  std::ranges::fill(out, std::uint8_t{0});
  for (const Point& point : points) {
    const std::uint8_t factor = weight(points, point);
    const ByteView y = point.y.expose();
    for (std::size_t i = 0; i < out.size(); ++i) out[i] ^= multiply(y[i], factor);
  }
  return secret;
}

/// Multiplies as polynomials over GF(2), bit by bit, and reduces modulo kModulus. Each mask is all
/// ones or all zeros and replaces a branch, so the time does not depend on the values.
std::uint8_t multiply(std::uint8_t a, std::uint8_t b) {
  unsigned multiple = a;
  unsigned product = 0;
  for (unsigned bit = 0; bit < 8; ++bit) {
    product ^= multiple & (0U - ((unsigned{b} >> bit) & 1U));
    multiple = (multiple << 1U) ^ (kModulus & (0U - (multiple >> 7U)));
  }
  return static_cast<std::uint8_t>(product);
}

std::uint8_t inverse(std::uint8_t a) {
  // a^254 is the inverse of a, because a^255 = 1. It is the product of a^2, a^4 ... a^128.
  std::uint8_t square = a;
  std::uint8_t product = 1;
  for (int i = 0; i < 7; ++i) {
    square = multiply(square, square);
    product = multiply(product, square);
  }
  return product;
}

}  // namespace cardvault::shamir
