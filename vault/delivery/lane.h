#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace cardvault {

/// Runs jobs on threads of its own, which come with the work, up to a limit. One lane per channel
/// keeps a slow channel's calls out of the others' way. Safe from any thread.
class Lane {
 public:
  using Job = std::function<void()>;

  /// Jobs that may wait in a lane: enough that its threads never run dry between two claims, few
  /// enough that what waits is called while its claim lasts.
  static constexpr std::size_t kCapacity = 256;

  explicit Lane(std::size_t max_threads) : max_threads_(max_threads) {}
  ~Lane() { stop(); }
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  /// False, and the job will not run, when the lane is full. Waits a moment for room first, unless
  /// it did so in vain lately: a lane that works makes room at once, one that is stuck holds up the
  /// caller only once.
  [[nodiscard]] bool offer(Job job);
  /// Drops what waits and begins nothing more; returns at once.
  void close();
  /// close(), then lets running jobs end and joins all threads. No offer() may run or begin.
  void stop();

 private:
  void work();
  /// False when the system gives no thread and there is none.
  [[nodiscard]] bool have_a_thread();

  const std::size_t max_threads_;
  std::mutex mutex_;
  std::condition_variable work_arrived_;
  std::condition_variable room_made_;
  std::deque<Job> waiting_;
  std::vector<std::thread> threads_;
  std::size_t idle_ = 0;
  bool stuck_ = false;
  bool stopping_ = false;
};

}  // namespace cardvault
