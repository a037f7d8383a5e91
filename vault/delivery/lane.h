#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace cardvault {

/// Runs jobs on its own threads. It starts threads when work arrives, up to a limit. One lane per
/// channel keeps the calls of a slow channel from delaying the others. Safe to use from any thread.
class Lane {
 public:
  using Job = std::function<void()>;

  /// Maximum number of waiting jobs. The lane's threads must have enough work between two claims.
  /// And a waiting job must start before its claim expires.
  static constexpr std::size_t kCapacity = 256;

  explicit Lane(std::size_t max_threads) : max_threads_(max_threads) {}
  ~Lane() { stop(); }
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  /// Returns false if the lane is full; the job will then not run. It first waits a moment for
  /// room, except if such a wait failed recently. A lane that works makes room at once. A stuck
  /// lane delays the caller only once.
  [[nodiscard]] bool offer(Job job);
  /// Drops all waiting jobs and starts no more. Returns immediately.
  void close();
  /// Calls close(), waits for running jobs and joins all threads. No offer() may run or begin.
  void stop();

 private:
  void work();
  /// Returns false if there is no thread and the system gives none.
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
