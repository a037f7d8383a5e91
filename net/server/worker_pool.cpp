#include "net/server/worker_pool.h"

#include <chrono>
#include <system_error>
#include <utility>

#include "base/log.h"

namespace cardvault {
namespace {

constexpr std::chrono::seconds kIdleLife{3};

}  // namespace

bool WorkerPool::offer(const Job& job) {
  const std::lock_guard lock(mutex_);
  join(std::exchange(ended_, {}));
  if (stopping_ || running_ + waiting_.size() >= max_jobs_) return false;
  // Every waiting job needs one of the idle threads. If all of them are needed, this job gets a new
  // one.
  const bool needs_thread = waiting_.size() >= idle_ && threads_.size() < max_threads_;
  if (needs_thread && !start_thread()) return false;
  waiting_.push_back(job);
  wake_.notify_one();
  return true;
}

bool WorkerPool::start_thread() {
  const auto self = threads_.emplace(threads_.end());
  try {
    *self = std::thread([this, self] { work(self); });
  } catch (const std::system_error&) {
    threads_.erase(self);
    log::write(log::Level::error, "thread_not_started");
    return false;
  }
  return true;
}

void WorkerPool::work(Threads::iterator self) {
  std::unique_lock lock(mutex_);
  for (;;) {
    ++idle_;
    wake_.wait_for(lock, kIdleLife, [this] { return stopping_ || !waiting_.empty(); });
    --idle_;
    if (waiting_.empty()) break;
    const Job job = std::move(waiting_.front());
    waiting_.pop_front();
    ++running_;
    lock.unlock();
    job();
    lock.lock();
    --running_;
  }
  ended_.splice(ended_.end(), threads_, self);
  thread_ended_.notify_all();
}

void WorkerPool::shutdown() {
  std::unique_lock lock(mutex_);
  stopping_ = true;
  wake_.notify_all();
  thread_ended_.wait(lock, [this] { return threads_.empty(); });
  join(std::exchange(ended_, {}));
}

void WorkerPool::join(Threads threads) {
  for (std::thread& thread : threads) thread.join();
}

}  // namespace cardvault
