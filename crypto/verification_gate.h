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

  /// A place at the gate; given back when destroyed. Used by one thread at a time.
  class Permit {
   public:
    ~Permit();
    Permit(Permit&& other) noexcept;
    Permit& operator=(Permit&&) = delete;
    Permit(const Permit&) = delete;
    Permit& operator=(const Permit&) = delete;

    /// Returns when one evaluation may run. Those who ask first run first. The wait is bounded by
    /// the places: (waiting / running + 1) evaluations.
    void wait_turn();

   private:
    friend class VerificationGate;
    explicit Permit(VerificationGate& gate) : gate_(&gate) {}

    VerificationGate* gate_;
    bool running_ = false;
  };

  /// A place, without waiting: time to do what has to be done before the evaluation while others
  /// evaluate. busy with retry_after when all places are taken.
  [[nodiscard]] Result<Permit> reserve();
  /// A place whose turn has come. busy as above.
  [[nodiscard]] Result<Permit> enter();

  /// Places taken right now, by evaluations that run, wait or are about to.
  [[nodiscard]] std::uint32_t depth() const;

 private:
  void wait_turn();
  void leave(bool was_running);

  const std::uint32_t running_limit_;
  const std::uint32_t waiting_limit_;
  mutable std::mutex mutex_;
  std::condition_variable turn_;
  std::uint32_t places_ = 0;
  std::uint32_t running_ = 0;
  // Tickets are served in order, or the bound on the wait would not hold.
  std::uint64_t next_ticket_ = 0;
  std::uint64_t served_ = 0;
};

}  // namespace cardvault
