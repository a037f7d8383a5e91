#pragma once

#include <cstdint>
#include <mutex>

#include "base/time.h"

namespace cardvault {

/// Keeps calls away from a channel that does not work, so that its closures cost no connection and
/// no thread. Safe from any thread.
///
///   state  | call works | call fails                       | time
///   closed | closed     | open after kFailuresToOpen in row | -
///   open   | -          | -                                | half-open when the rest is over
///   half   | closed     | open, resting twice as long      | -
///
/// Half-open lets one call through at a time.
class CircuitBreaker {
 public:
  /// Five calls can fail by chance on a busy day; five in a row seldom.
  static constexpr std::uint32_t kFailuresToOpen = 5;
  /// From a few seconds, for a restart, to five minutes: one call in five minutes harms nobody.
  static constexpr Seconds kShortestRest{5};
  static constexpr Seconds kLongestRest{5 * 60};

  /// True: make the call and say how it ended. False: do not, before retry_at().
  [[nodiscard]] bool allows(Time now);
  void succeeded();
  void failed(Time now);
  /// When a call may be made again; the past while closed.
  [[nodiscard]] Time retry_at() const;
  [[nodiscard]] bool is_open() const;

 private:
  mutable std::mutex mutex_;
  std::uint32_t failures_in_row_ = 0;
  Seconds rest_{0};  ///< 0: closed
  Time opened_at_{};
  bool probing_ = false;
};

}  // namespace cardvault
