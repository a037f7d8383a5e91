#include "crypto/verification_gate.h"

#include <algorithm>
#include <utility>

namespace cardvault {

VerificationGate::VerificationGate(std::uint32_t running, std::uint32_t waiting)
    : running_limit_(std::max(running, 1U)), waiting_limit_(waiting) {}

VerificationGate::Permit::~Permit() {
  if (gate_ != nullptr) gate_->leave(running_);
}

VerificationGate::Permit::Permit(Permit&& other) noexcept
    : gate_(std::exchange(other.gate_, nullptr)), running_(other.running_) {}

void VerificationGate::Permit::wait_turn() {
  if (running_) return;
  gate_->wait_turn();
  running_ = true;
}

Result<VerificationGate::Permit> VerificationGate::reserve() {
  const std::lock_guard lock(mutex_);
  if (places_ >= running_limit_ + waiting_limit_) {
    Error error =
        make_error(ErrorCode::busy, "Too many verifications at once. Try again after Retry-After.");
    error.retry_after = std::chrono::seconds{1};
    return fail(std::move(error));
  }
  ++places_;
  return Permit(*this);
}

Result<VerificationGate::Permit> VerificationGate::enter() {
  auto permit = reserve();
  if (permit) permit->wait_turn();
  return permit;
}

std::uint32_t VerificationGate::depth() const {
  const std::lock_guard lock(mutex_);
  return places_;
}

void VerificationGate::wait_turn() {
  std::unique_lock lock(mutex_);
  if (running_ < running_limit_) {
    ++running_;
    return;
  }
  const std::uint64_t ticket = next_ticket_++;
  turn_.wait(lock, [&] { return ticket < served_; });
}

// A caller that ends gives its turn directly to the caller that has waited longest. `running_` does
// not change, so a new caller cannot find a free turn and overtake the queue.
void VerificationGate::leave(bool was_running) {
  const std::lock_guard lock(mutex_);
  --places_;
  if (!was_running) return;
  if (served_ == next_ticket_) {
    --running_;
    return;
  }
  ++served_;
  turn_.notify_all();
}

}  // namespace cardvault
