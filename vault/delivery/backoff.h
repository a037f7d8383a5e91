#pragma once

#include <chrono>
#include <cstdint>

#include "base/random.h"
#include "base/time.h"

namespace cardvault {

/// The wait after a failed attempt. It doubles with each failure, from `least` to `most`. A random
/// part of up to half is subtracted ("equal jitter"), so that closures that failed together do not
/// come back together.
struct Backoff {
  /// A channel that restarts is back within seconds.
  Seconds least{5};
  /// If a channel stays away, it gets at least six attempts per day. After an operator has repaired
  /// it, the next attempt comes within four hours.
  Seconds most{4 * 60 * 60};

  /// Returns the wait after `failures` failures in a row (at least 1). It is between half and all
  /// of min(most, least * 2^(failures - 1)).
  [[nodiscard]] std::chrono::milliseconds after(std::uint32_t failures, RandomSource& random) const;
};

}  // namespace cardvault
