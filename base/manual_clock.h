#pragma once

#include <atomic>

#include "base/time.h"

namespace cardvault {

/// A clock that follows another clock and can be advanced: virtual time for test mode and for
/// tests. Over a FixedClock it moves only when it is advanced.
class AdjustableClock final : public Clock {
 public:
  explicit AdjustableClock(const Clock& base) : base_(base) {}

  [[nodiscard]] Time now() const override {
    return base_.now() + std::chrono::milliseconds(offset_ms_.load(std::memory_order_relaxed));
  }
  void advance(std::chrono::milliseconds by) {
    offset_ms_.fetch_add(by.count(), std::memory_order_relaxed);
  }

 private:
  const Clock& base_;
  std::atomic<std::int64_t> offset_ms_{0};
};

/// A clock that never moves by itself.
class FixedClock final : public Clock {
 public:
  explicit FixedClock(Time at) : at_(at) {}
  [[nodiscard]] Time now() const override { return at_; }

 private:
  Time at_;
};

}  // namespace cardvault
