#include "vault/delivery/circuit_breaker.h"

#include <algorithm>

namespace cardvault {

bool CircuitBreaker::allows(Time now) {
  const std::scoped_lock lock(mutex_);
  if (rest_ == Seconds{0}) return true;
  // If the clock was set back, the rest must not become longer.
  const bool rested = now >= opened_at_ + rest_ || now < opened_at_;
  if (!rested || probing_) return false;
  probing_ = true;
  return true;
}

void CircuitBreaker::succeeded() {
  const std::scoped_lock lock(mutex_);
  failures_in_row_ = 0;
  rest_ = Seconds{0};
  probing_ = false;
}

void CircuitBreaker::failed(Time now) {
  const std::scoped_lock lock(mutex_);
  ++failures_in_row_;
  const bool was_probe = probing_;
  probing_ = false;
  if (failures_in_row_ < kFailuresToOpen) return;
  const bool opens = rest_ == Seconds{0};
  if (opens) rest_ = kShortestRest;
  if (was_probe) rest_ = std::min(rest_ * 2, kLongestRest);
  if (opens || was_probe) opened_at_ = now;
}

Time CircuitBreaker::retry_at() const {
  const std::scoped_lock lock(mutex_);
  return opened_at_ + rest_;
}

bool CircuitBreaker::is_open() const {
  const std::scoped_lock lock(mutex_);
  return rest_ != Seconds{0};
}

}  // namespace cardvault
