#pragma once

#include <atomic>
#include <cstddef>

#include "base/worker_pool.h"

namespace cardvault {

/// Threads for one receiver, so that a slow receiver does not delay the others. They run at a lower
/// priority than requests: a delivery can wait a little, a user who looks at a list should not.
/// Safe from any thread.
class Lane {
 public:
  using Job = WorkerPool::Job;

  /// Maximum number of waiting jobs. It is large enough that the threads have work until the next
  /// claim, and small enough that the waiting jobs run while their claim lasts.
  static constexpr std::size_t kCapacity = 256;

  explicit Lane(std::size_t max_threads) : pool_(max_threads, kCapacity, kNice) {}
  ~Lane() { stop(); }
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  /// False if the lane is full; the job then does not run. Waits a moment for room first, unless
  /// such a wait failed lately: a lane that works makes room quickly, and one that is stuck delays
  /// its caller only once.
  [[nodiscard]] bool offer(Job job);
  /// Drops the waiting jobs and accepts no further ones. Returns at once.
  void close() { pool_.drop(); }
  /// Like close(), but also waits for the running jobs and ends all threads.
  void stop();

 private:
  static constexpr int kNice = 10;

  WorkerPool pool_;
  std::atomic<bool> stuck_ = false;
};

}  // namespace cardvault
