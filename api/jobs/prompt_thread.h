#pragma once

#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>

namespace cardvault::api {

/// A thread that runs steps for another one, with the priority that the maker has when it makes it.
/// A thread that has stood back (stand_back.h) cannot come forward again by itself.
class PromptThread {
 public:
  PromptThread();
  /// No step may run or begin.
  ~PromptThread();
  PromptThread(const PromptThread&) = delete;
  PromptThread& operator=(const PromptThread&) = delete;

  /// Returns when the step is done; throws what it threw. One caller at a time.
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
