#include "crypto/verification_gate.h"

#include <algorithm>
#include <utility>

namespace cardvault {

VerificationGate::VerificationGate(std::uint32_t running, std::uint32_t waiting)
    : running_limit_(std::max(running, 1U)), waiting_limit_(waiting) {}

VerificationGate::Permit::~Permit() {
  if (gate_ != nullptr) gate_->leave();
}

VerificationGate::Permit::Permit(Permit&& other) noexcept
    : gate_(std::exchange(other.gate_, nullptr)) {}

Result<VerificationGate::Permit> VerificationGate::enter() {
  std::unique_lock lock(mutex_);
  if (running_ < running_limit_) {
    ++running_;
    return Permit(*this);
  }
  if (next_ticket_ - admitted_ >= waiting_limit_) {
    Error error = make_error(ErrorCode::busy, "Too many verifications at once; try again shortly.");
    error.retry_after = std::chrono::seconds{1};
    return fail(std::move(error));
  }
  const std::uint64_t ticket = next_ticket_++;
  turn_.wait(lock, [&] { return ticket < admitted_; });
  return Permit(*this);
}

std::uint32_t VerificationGate::depth() const {
  const std::lock_guard lock(mutex_);
  return running_ + static_cast<std::uint32_t>(next_ticket_ - admitted_);
}

// The right to run passes straight to the longest waiting caller, so nobody overtakes the queue.
void VerificationGate::leave() {
  const std::lock_guard lock(mutex_);
  if (admitted_ == next_ticket_) {
    --running_;
    return;
  }
  ++admitted_;
  turn_.notify_all();
}

}  // namespace cardvault
