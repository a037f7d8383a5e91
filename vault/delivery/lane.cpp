#include "vault/delivery/lane.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <chrono>
#include <system_error>
#include <utility>

namespace cardvault {
namespace {

// Long compared with a normal call, short for all the work that waits for the caller.
constexpr std::chrono::milliseconds kPatience{100};
// Closing channels may wait a little, but a user who looks at the list should not. On Linux each
// thread has its own nice value.
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
  if (!have_a_thread()) {
    waiting_.pop_back();
    return false;
  }
  work_arrived_.notify_one();
  return true;
}

bool Lane::have_a_thread() {
  // A thread that was woken still counts as idle until it runs. So compare with the number of
  // waiting jobs.
  if (waiting_.size() <= idle_ || threads_.size() == max_threads_) return true;
  try {
    threads_.emplace_back([this] { work(); });
  } catch (const std::system_error&) {
    return !threads_.empty();
  }
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

void Lane::close() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
    waiting_.clear();
  }
  work_arrived_.notify_all();
  room_made_.notify_all();
}

void Lane::stop() {
  close();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

}  // namespace cardvault
