#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <list>
#include <mutex>
#include <thread>

namespace cardvault {

/// Threads that start with the work, up to a limit, and end after a few idle seconds. If several
/// jobs arrive together, each gets a thread of its own while the limit allows it. Safe from any
/// thread.
class WorkerPool {
 public:
  using Job = std::function<void()>;

  /// At most `max_threads` jobs run, and at most `max_waiting` more wait. The threads run at `nice`
  /// (see setpriority(2)).
  WorkerPool(std::size_t max_threads, std::size_t max_waiting, int nice = 0)
      : max_threads_(max_threads), max_jobs_(max_threads + max_waiting), nice_(nice) {}
  ~WorkerPool() { shutdown(); }
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  /// False if the pool has been full for `patience`, has been shut down, or needs one more thread
  /// and the system gives none; the job then does not run.
  [[nodiscard]] bool offer(Job job, std::chrono::milliseconds patience = {});
  /// Number of jobs that wait for a thread.
  [[nodiscard]] std::size_t waiting() const;
  /// Accepts no further jobs and drops the waiting ones. Returns at once.
  void drop();
  /// Accepts no further jobs, runs the accepted ones, then ends all threads.
  void shutdown();

 private:
  using Threads = std::list<std::thread>;

  [[nodiscard]] bool start_thread();
  void work(Threads::iterator self);
  static void join(Threads threads);

  const std::size_t max_threads_;
  const std::size_t max_jobs_;
  const int nice_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable room_made_;
  std::condition_variable thread_ended_;
  std::deque<Job> waiting_;
  std::size_t running_ = 0;
  std::size_t idle_ = 0;
  bool stopping_ = false;
  Threads threads_;
  Threads ended_;
};

}  // namespace cardvault
