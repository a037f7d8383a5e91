#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace cardvault::sandbox {

/// A wait that can be interrupted. Safe from any thread.
class Interruptible {
 public:
  /// Returns after `time`, or as soon as it is interrupted.
  void wait(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    interrupted_.wait_for(lock, time, [this] { return over_; });
  }
  /// Ends all waits, also later ones.
  void interrupt() {
    {
      const std::lock_guard lock(mutex_);
      over_ = true;
    }
    interrupted_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable interrupted_;
  bool over_ = false;
};

}  // namespace cardvault::sandbox
