#include "vault/delivery/backoff.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <set>

#include "crypto/random.h"

namespace cardvault::test {
namespace {

using std::chrono::milliseconds;

struct SameByte final : RandomSource {
  explicit SameByte(std::uint8_t value) : byte(value) {}
  void fill(std::span<std::uint8_t> out) override { std::ranges::fill(out, byte); }
  std::uint8_t byte;
};

}  // namespace

TEST_CASE("backoff: the delay doubles from its minimum to its maximum") {
  SameByte zero(0);
  const Backoff backoff{.least = Seconds{5}, .most = Seconds{60}};
  CHECK(backoff.after(1, zero) == Seconds{5});
  CHECK(backoff.after(2, zero) == Seconds{10});
  CHECK(backoff.after(3, zero) == Seconds{20});
  CHECK(backoff.after(4, zero) == Seconds{40});
  CHECK(backoff.after(5, zero) == Seconds{60});
  CHECK(backoff.after(UINT32_MAX, zero) == Seconds{60});
  CHECK(backoff.after(0, zero) == Seconds{5});
}

TEST_CASE("backoff: the delay is shortened by a random part of at most half") {
  const Backoff backoff{.least = Seconds{8}, .most = Seconds{8}};
  SystemRandom random;
  std::set<milliseconds> seen;
  for (int n = 0; n < 200; ++n) seen.insert(backoff.after(1, random));
  CHECK(*seen.begin() >= Seconds{4});
  CHECK(*seen.rbegin() <= Seconds{8});
  CHECK(seen.size() > 100);
}

}  // namespace cardvault::test
