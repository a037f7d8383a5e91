#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>

#include "base/result.h"

namespace cardvault {

/// Bounds how many password evaluations run and wait at once, so that a flood of unlocks cannot
/// take all processors and memory from the list view. Safe from any thread.
class VerificationGate {
 public:
  /// `running` evaluations at a time (at least one), at most `waiting` more callers queued behind
  /// them.
  VerificationGate(std::uint32_t running, std::uint32_t waiting);

  /// The right to run one evaluation; given back when destroyed.
  class Permit {
   public:
    explicit Permit(VerificationGate& gate) : gate_(&gate) {}
    ~Permit();
    Permit(Permit&& other) noexcept;
    Permit& operator=(Permit&&) = delete;
    Permit(const Permit&) = delete;
    Permit& operator=(const Permit&) = delete;

   private:
    VerificationGate* gate_;
  };

  /// Waits its turn; busy with retry_after when the queue is full already. The wait is bounded by
  /// the queue: (waiting / running + 1) evaluations.
  [[nodiscard]] Result<Permit> enter();

  /// Callers running or queued right now.
  [[nodiscard]] std::uint32_t depth() const;

 private:
  void leave();

  const std::uint32_t running_limit_;
  const std::uint32_t waiting_limit_;
  mutable std::mutex mutex_;
  std::condition_variable turn_;
  std::uint32_t running_ = 0;
  // Tickets are served in order, or the bound on the wait would not hold.
  std::uint64_t next_ticket_ = 0;
  std::uint64_t admitted_ = 0;
};

}  // namespace cardvault
