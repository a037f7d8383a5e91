#pragma once

#include <chrono>

#include "base/time.h"

namespace cardvault {

/// True if a time read from a store may have been written: it is no further from 1970 than the end
/// of the year 9999. A time further away is damage. Adding a lease or a lifetime to it could
/// overflow.
[[nodiscard]] constexpr bool is_storable(Time time) {
  constexpr Time kLatest{std::chrono::milliseconds{253'402'300'799'999}};
  return time <= kLatest && time >= Time{-kLatest.time_since_epoch()};
}

}  // namespace cardvault
