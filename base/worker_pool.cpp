#include "base/worker_pool.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <system_error>
#include <utility>

#include "base/log.h"

namespace cardvault {
namespace {

constexpr std::chrono::seconds kIdleLife{3};

/// Linux keeps a nice value for each thread.
void set_nice(int nice) {
  if (nice != 0) ::setpriority(PRIO_PROCESS, static_cast<id_t>(::syscall(SYS_gettid)), nice);
}

}  // namespace

bool WorkerPool::offer(Job job, std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  join(std::exchange(ended_, {}));
  const auto has_room = [this] { return stopping_ || running_ + waiting_.size() < max_jobs_; };
  if (!has_room() && (patience.count() == 0 || !room_made_.wait_for(lock, patience, has_room))) {
    return false;
  }
  if (stopping_) return false;
  // An idle thread that was notified counts as idle until it runs. So the jobs that wait already
  // may need all the idle threads, and this job needs a new one.
  const bool needs_thread = waiting_.size() >= idle_ && threads_.size() < max_threads_;
  if (needs_thread && !start_thread()) return false;
  waiting_.push_back(std::move(job));
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
  set_nice(nice_);
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
    room_made_.notify_one();
  }
  ended_.splice(ended_.end(), threads_, self);
  thread_ended_.notify_all();
}

std::size_t WorkerPool::waiting() const {
  const std::lock_guard lock(mutex_);
  return waiting_.size();
}

void WorkerPool::drop() {
  const std::lock_guard lock(mutex_);
  stopping_ = true;
  waiting_.clear();
  wake_.notify_all();
  room_made_.notify_all();
}

void WorkerPool::shutdown() {
  std::unique_lock lock(mutex_);
  stopping_ = true;
  wake_.notify_all();
  room_made_.notify_all();
  thread_ended_.wait(lock, [this] { return threads_.empty(); });
  join(std::exchange(ended_, {}));
}

void WorkerPool::join(Threads threads) {
  for (std::thread& thread : threads) thread.join();
}

}  // namespace cardvault
