#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <stop_token>

namespace cardvault {

/// Waits that long, or shorter when it is told to stop.
using Wait = std::function<void(std::chrono::nanoseconds, const std::stop_token&)>;

/// Keeps a walk over wallets at a rate, counted from its beginning.
class WalkPace {
 public:
  /// `per_second` 0: as fast as it goes. Without `wait`, wait_unless_stopped().
  explicit WalkPace(std::uint64_t per_second, Wait wait = {});

  /// Waits until `seen` wallets may have been seen.
  void keep(std::uint64_t seen, const std::stop_token& stop) const;

 private:
  using SteadyClock = std::chrono::steady_clock;

  const std::uint64_t per_second_;
  const Wait wait_;
  const SteadyClock::time_point began_ = SteadyClock::now();
};

}  // namespace cardvault
