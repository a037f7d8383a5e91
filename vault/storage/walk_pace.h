#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <stop_token>

namespace cardvault {

/// Waits for the given time, or shorter if `stop` is requested.
using Wait = std::function<void(std::chrono::nanoseconds, const std::stop_token&)>;

/// Limits the rate of a walk over wallets, measured from its beginning.
class WalkPace {
 public:
  /// `per_second` 0 means unlimited. The default of `wait` is wait_unless_stopped().
  explicit WalkPace(std::uint64_t per_second, Wait wait = {});

  /// Waits until the rate allows `seen` wallets.
  void keep(std::uint64_t seen, const std::stop_token& stop) const;

 private:
  using SteadyClock = std::chrono::steady_clock;

  const std::uint64_t per_second_;
  const Wait wait_;
  const SteadyClock::time_point began_ = SteadyClock::now();
};

}  // namespace cardvault
