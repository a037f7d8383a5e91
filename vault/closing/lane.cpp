#include "vault/closing/lane.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <chrono>
#include <utility>

namespace cardvault {
namespace {

// Long beside a call that works, short beside everything that waits for the caller.
constexpr std::chrono::milliseconds kPatience{100};
// Closing channels can wait a little, a user who looks at the list should not: Linux keeps a nice
// value per thread.
constexpr int kNice = 10;

void yield_to_requests() {
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(::syscall(SYS_gettid)), kNice);
}

}  // namespace

bool Lane::offer(Job job) {
  std::unique_lock lock(mutex_);
  const auto has_room = [&] { return waiting_.size() < kCapacity || stopping_; };
  if (!has_room() && (stuck_ || !room_made_.wait_for(lock, kPatience, has_room))) {
    stuck_ = true;
    return false;
  }
  if (stopping_) return false;
  waiting_.push_back(std::move(job));
  if (idle_ == 0 && threads_.size() < max_threads_) threads_.emplace_back([this] { work(); });
  work_arrived_.notify_one();
  return true;
}

void Lane::work() {
  yield_to_requests();
  std::unique_lock lock(mutex_);
  for (;;) {
    ++idle_;
    work_arrived_.wait(lock, [&] { return stopping_ || !waiting_.empty(); });
    --idle_;
    if (stopping_) return;
    const Job job = std::move(waiting_.front());
    waiting_.pop_front();
    if (waiting_.size() < kCapacity / 2) stuck_ = false;
    room_made_.notify_one();
    lock.unlock();
    job();
    lock.lock();
  }
}

void Lane::stop() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
    waiting_.clear();
  }
  work_arrived_.notify_all();
  room_made_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

}  // namespace cardvault
