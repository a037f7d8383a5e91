#pragma once

#include <chrono>
#include <cstdint>

#include "base/random.h"
#include "base/time.h"

namespace cardvault {

/// How long to wait after a try that failed: twice as long each time, from `least` to `most`, of
/// which a random part, up to half, is spared so that closures that failed together do not come
/// back together ("equal jitter").
struct Backoff {
  /// A channel that restarts is back within seconds.
  Seconds least{5};
  /// Six tries a day for one that stays away, and an operator who mends it waits four hours at
  /// most.
  Seconds most{4 * 60 * 60};

  /// After the `failures`-th failure in a row, from 1: between half and all of
  /// min(most, least * 2^(failures - 1)).
  [[nodiscard]] std::chrono::milliseconds after(std::uint32_t failures, RandomSource& random) const;
};

}  // namespace cardvault
