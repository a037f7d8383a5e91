#pragma once

#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>

namespace cardvault::api {

/// A thread that runs steps for another thread. It has the priority that its maker has at
/// construction. A thread that called stand_back() cannot raise its own priority again.
class PromptThread {
 public:
  PromptThread();
  /// No step may run or begin.
  ~PromptThread();
  PromptThread(const PromptThread&) = delete;
  PromptThread& operator=(const PromptThread&) = delete;

  /// Runs `step` and returns when it is done; rethrows its exception. One caller at a time.
  void run(const std::function<void()>& step);

 private:
  void work();

  std::mutex mutex_;
  std::condition_variable changed_;
  const std::function<void()>* step_ = nullptr;
  std::exception_ptr thrown_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace cardvault::api
