#pragma once

#include <chrono>

#include "base/time.h"

namespace cardvault {

/// Whether a time that was read from a store can be one that was written: no further from 1970 than
/// the end of the year 9999. A time further away is damage; adding a lease or a lifetime to it
/// could overflow.
[[nodiscard]] constexpr bool is_storable(Time time) {
  constexpr Time kLatest{std::chrono::milliseconds{253'402'300'799'999}};
  return time <= kLatest && time >= Time{-kLatest.time_since_epoch()};
}

}  // namespace cardvault
