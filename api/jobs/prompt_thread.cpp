#include "api/jobs/prompt_thread.h"

#include <utility>

namespace cardvault::api {

PromptThread::PromptThread() : thread_([this] { work(); }) {}

PromptThread::~PromptThread() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void PromptThread::run(const std::function<void()>& step) {
  std::unique_lock lock(mutex_);
  step_ = &step;
  changed_.notify_all();
  changed_.wait(lock, [&] { return step_ == nullptr; });
  if (thrown_) std::rethrow_exception(std::exchange(thrown_, nullptr));
}

void PromptThread::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return stopping_ || step_ != nullptr; });
    if (step_ == nullptr) return;
    const auto* const step = step_;
    lock.unlock();
    std::exception_ptr thrown;
    try {
      (*step)();
    } catch (...) {
      thrown = std::current_exception();
    }
    lock.lock();
    thrown_ = thrown;
    step_ = nullptr;
    changed_.notify_all();
  }
}

}  // namespace cardvault::api
