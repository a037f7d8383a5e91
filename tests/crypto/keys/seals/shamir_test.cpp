#include "crypto/keys/seals/shamir.h"

#include <rapidcheck.h>

#include <algorithm>
#include <bit>
#include <catch2/catch_test_macros.hpp>
#include <set>
#include <utility>

#include "crypto/random.h"

using namespace cardvault;
using shamir::Point;

namespace {

/// Makes every coefficient of the polynomial the same.
class Always final : public RandomSource {
 public:
  explicit Always(std::uint8_t byte) : byte_(byte) {}
  void fill(std::span<std::uint8_t> out) override { std::ranges::fill(out, byte_); }

 private:
  std::uint8_t byte_;
};

Point point(std::uint8_t x, std::uint8_t y) {
  return {x, SecretBytes::copy_of(Bytes{y})};
}

std::uint8_t byte_of(const SecretBytes& bytes) {
  return bytes.expose()[0];
}

/// The points whose bit is set in `choice`.
std::vector<Point> chosen(const std::vector<Point>& points, unsigned choice) {
  std::vector<Point> some;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (((choice >> i) & 1U) != 0) some.push_back({points[i].x, points[i].y.clone()});
  }
  return some;
}

bool gives(std::span<const Point> points, ByteView secret) {
  return std::ranges::equal(shamir::combine(points).expose(), secret);
}

}  // namespace

TEST_CASE("shamir: the products of FIPS 197 match") {
  CHECK(shamir::multiply(0x57, 0x83) == 0xc1);
  CHECK(shamir::multiply(0x57, 0x13) == 0xfe);
  CHECK(shamir::multiply(0x57, 0x02) == 0xae);
  CHECK(shamir::multiply(0x57, 0x04) == 0x47);
  CHECK(shamir::multiply(0x57, 0x08) == 0x8e);
  CHECK(shamir::multiply(0x57, 0x10) == 0x07);
  CHECK(shamir::multiply(0x53, 0xca) == 0x01);
}

TEST_CASE("shamir: every nonzero value has an inverse and the inverse of 0 is 0") {
  CHECK(shamir::inverse(0x53) == 0xca);
  CHECK(shamir::inverse(0) == 0);
  for (unsigned a = 1; a < 256; ++a) {
    const auto value = static_cast<std::uint8_t>(a);
    CHECK(shamir::multiply(value, shamir::inverse(value)) == 1);
  }
}

TEST_CASE("shamir: multiplication commutes, associates and distributes over addition") {
  CHECK(rc::check("field", [](std::uint8_t a, std::uint8_t b, std::uint8_t c) {
    using shamir::multiply;
    const auto sum = static_cast<std::uint8_t>(b ^ c);
    RC_ASSERT(multiply(a, b) == multiply(b, a));
    RC_ASSERT(multiply(a, multiply(b, c)) == multiply(multiply(a, b), c));
    RC_ASSERT(multiply(a, sum) == (multiply(a, b) ^ multiply(a, c)));
    RC_ASSERT(multiply(a, 1) == a);
  }));
}

TEST_CASE("shamir: points lie on the polynomial with the random bytes as coefficients") {
  Always random(0x53);
  const auto points = shamir::split(Bytes{0x42}, 3, 4, random);
  REQUIRE(points.size() == 4);
  for (std::uint8_t x = 1; x <= 4; ++x) CHECK(points[x - 1U].x == x);
  CHECK(byte_of(points[0].y) == 0x42);                  // 42 + 53 + 53
  CHECK(byte_of(points[1].y) == (0x42 ^ 0xa6 ^ 0x57));  // 42 + 53*2 + 53*4
}

TEST_CASE("shamir: every choice of at least the threshold of points gives the secret") {
  SystemRandom random;
  const Bytes secret{0, 1, 0x7f, 0x80, 0xff, 0x42};
  for (std::uint8_t count = 2; count <= 6; ++count) {
    for (std::uint8_t threshold = 2; threshold <= count; ++threshold) {
      const auto points = shamir::split(secret, threshold, count, random);
      for (unsigned choice = 0; choice < (1U << count); ++choice) {
        if (std::popcount(choice) < threshold) continue;
        CHECK(gives(chosen(points, choice), secret));
      }
    }
  }
}

TEST_CASE("shamir: any secret round-trips with any choice of points in any order") {
  SystemRandom random;
  CHECK(rc::check("round trip", [&] {
    const auto secret = *rc::gen::nonEmpty<Bytes>();
    const auto count = *rc::gen::inRange<std::uint8_t>(2, shamir::kMostPoints + 1);
    const auto threshold = *rc::gen::inRange<std::uint8_t>(2, static_cast<std::uint8_t>(count + 1));
    auto points = shamir::split(secret, threshold, count, random);
    for (std::size_t i = points.size() - 1; i > 0; --i) {
      std::swap(points[i], points[*rc::gen::inRange<std::size_t>(0, i + 1)]);
    }
    RC_ASSERT(gives(std::span(points).first(threshold), secret));
  }));
}

TEST_CASE("shamir: fewer points than the threshold do not give the secret") {
  SystemRandom random;
  const SecretBytes secret = SecretBytes::random(32, random);
  for (std::uint8_t threshold = 2; threshold <= 5; ++threshold) {
    const auto points = shamir::split(secret.expose(), threshold, 5, random);
    for (unsigned choice = 1; choice < (1U << 5U); ++choice) {
      if (std::popcount(choice) >= threshold) continue;
      CHECK_FALSE(gives(chosen(points, choice), secret.expose()));
    }
  }
}

TEST_CASE("shamir: one share fewer than the threshold leaves every root possible") {
  SystemRandom random;
  const auto points = shamir::split(Bytes{0x42}, 3, 3, random);
  std::set<std::uint8_t> possible;
  for (unsigned third = 0; third < 256; ++third) {
    std::vector<Point> guess = chosen(points, 0b011);
    guess.push_back(point(3, static_cast<std::uint8_t>(third)));
    possible.insert(byte_of(shamir::combine(guess)));
  }
  CHECK(possible.size() == 256);
}

TEST_CASE("shamir: for any secret a point takes every value once over all random bytes") {
  for (const unsigned secret : {0x00U, 0x42U, 0xffU}) {
    std::set<std::pair<std::uint8_t, std::uint8_t>> seen;
    for (unsigned byte = 0; byte < 256; ++byte) {
      Always random(static_cast<std::uint8_t>(byte));
      const Bytes one{static_cast<std::uint8_t>(secret)};
      for (const Point& made : shamir::split(one, 2, shamir::kMostPoints, random)) {
        seen.emplace(made.x, byte_of(made.y));
      }
    }
    CHECK(seen.size() == 256 * shamir::kMostPoints);
  }
}

TEST_CASE("shamir: a changed point changes the secret") {
  SystemRandom random;
  const Bytes secret(32, 0x42);
  auto points = shamir::split(secret, 3, 3, random);
  points[1].y.expose_mutable()[7] ^= 1U;
  CHECK_FALSE(gives(points, secret));
}
