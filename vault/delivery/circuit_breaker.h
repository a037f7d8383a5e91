#pragma once

#include <cstdint>
#include <mutex>

#include "base/time.h"

namespace cardvault {

/// Keeps calls away from a channel that does not work, so that its closures use no connection and
/// no thread. Safe to use from any thread.
///
///   state  | call works | call fails                       | time
///   closed | closed     | open after kFailuresToOpen in row | -
///   open   | -          | -                                | half-open when the rest is over
///   half   | closed     | open, resting twice as long      | -
///
/// Half-open allows one call at a time.
class CircuitBreaker {
 public:
  /// Five calls may fail by chance on a busy day, but five in a row seldom do.
  static constexpr std::uint32_t kFailuresToOpen = 5;
  /// From a few seconds, which suit a restart, to five minutes. One call in five minutes harms
  /// nothing.
  static constexpr Seconds kShortestRest{5};
  static constexpr Seconds kLongestRest{5 * 60};

  /// If true, make the call and report its result. If false, do not call before retry_at().
  [[nodiscard]] bool allows(Time now);
  void succeeded();
  void failed(Time now);
  /// Time from which a call is allowed again. While the breaker is closed, it is in the past.
  [[nodiscard]] Time retry_at() const;
  [[nodiscard]] bool is_open() const;

 private:
  mutable std::mutex mutex_;
  std::uint32_t failures_in_row_ = 0;
  Seconds rest_{0};  ///< 0 means closed
  Time opened_at_{};
  bool probing_ = false;
};

}  // namespace cardvault
