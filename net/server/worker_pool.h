#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <list>
#include <mutex>
#include <thread>

namespace cardvault {

/// Threads that start with the work, up to a limit, and end after a few idle seconds. httplib's own
/// ThreadPool is not used, because it counts a thread as idle until the thread has woken up. If two
/// jobs arrive together, one of them may wait for a whole connection to end, although a thread
/// could be started for it. Safe from any thread.
class WorkerPool {
 public:
  using Job = std::function<void()>;

  /// At most `max_threads` jobs run, and at most `max_waiting` more wait.
  WorkerPool(std::size_t max_threads, std::size_t max_waiting)
      : max_threads_(max_threads), max_jobs_(max_threads + max_waiting) {}
  ~WorkerPool() { shutdown(); }
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  /// False if the pool is full or has been shut down; the job then does not run.
  [[nodiscard]] bool offer(const Job& job);
  /// Runs the accepted jobs, then ends all threads.
  void shutdown();

 private:
  using Threads = std::list<std::thread>;

  [[nodiscard]] bool start_thread();
  void work(Threads::iterator self);
  static void join(Threads threads);

  const std::size_t max_threads_;
  const std::size_t max_jobs_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable thread_ended_;
  std::deque<Job> waiting_;
  std::size_t running_ = 0;
  std::size_t idle_ = 0;
  bool stopping_ = false;
  Threads threads_;
  Threads ended_;
};

}  // namespace cardvault
