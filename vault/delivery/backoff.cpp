#include "vault/delivery/backoff.h"

#include <algorithm>
#include <array>

namespace cardvault {
namespace {

/// 2^20 seconds are more than a week. That is longer than any useful value of `most`.
constexpr std::uint32_t kMostDoublings = 20;

std::int64_t random_below(std::int64_t limit, RandomSource& random) {
  std::array<std::uint8_t, 4> bytes{};
  random.fill(bytes);
  std::int64_t value = 0;
  for (const std::uint8_t byte : bytes) value = value * 256 + byte;
  return value % limit;
}

}  // namespace

std::chrono::milliseconds Backoff::after(std::uint32_t failures, RandomSource& random) const {
  const std::uint32_t doublings = std::min(std::max(failures, 1U) - 1, kMostDoublings);
  const std::chrono::milliseconds whole = std::min(most, least * (std::int64_t{1} << doublings));
  const std::int64_t half = whole.count() / 2;
  return std::chrono::milliseconds(whole.count() - random_below(half + 1, random));
}

}  // namespace cardvault
