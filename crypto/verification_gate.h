#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>

#include "base/result.h"

namespace cardvault {

/// Bounds the number of password evaluations that run and wait at the same time. So a flood of
/// unlocks cannot take all processors and memory from the list view. Safe from any thread.
class VerificationGate {
 public:
  /// At most `running` evaluations at a time (at least one), and at most `waiting` more callers in
  /// the queue.
  VerificationGate(std::uint32_t running, std::uint32_t waiting);

  /// A place at the gate. The destructor gives it back. Only one thread at a time may use it.
  class Permit {
   public:
    ~Permit();
    Permit(Permit&& other) noexcept;
    Permit& operator=(Permit&&) = delete;
    Permit(const Permit&) = delete;
    Permit& operator=(const Permit&) = delete;

    /// Returns when this caller's evaluation may run. Callers run in the order of their calls. The
    /// number of places bounds the wait to (waiting / running + 1) evaluations.
    void wait_turn();

   private:
    friend class VerificationGate;
    explicit Permit(VerificationGate& gate) : gate_(&gate) {}

    VerificationGate* gate_;
    bool running_ = false;
  };

  /// Takes a place without waiting. The caller can then prepare its evaluation while others
  /// evaluate. busy with retry_after if all places are taken.
  [[nodiscard]] Result<Permit> reserve();
  /// Takes a place and waits for its turn. busy as above.
  [[nodiscard]] Result<Permit> enter();

  /// Number of places taken now: by evaluations that run, that wait, or that will start soon.
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
  // Tickets are served in order; otherwise the bound on the wait would not hold.
  std::uint64_t next_ticket_ = 0;
  std::uint64_t served_ = 0;
};

}  // namespace cardvault
