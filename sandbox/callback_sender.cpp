#include "sandbox/callback_sender.h"

#include <utility>

#include "base/url.h"

namespace cardvault::sandbox {
namespace {

constexpr std::chrono::seconds kConnectTimeout{2};
constexpr std::chrono::seconds kTimeout{5};

}  // namespace

CallbackSender::CallbackSender(const VaultLink& vault, const ChannelKeys& keys, const Clock& clock,
                               std::chrono::milliseconds first_retry,
                               std::function<void(const CallbackTry&)> observe)
    : vault_(vault),
      keys_(keys),
      clock_(clock),
      first_retry_(first_retry),
      observe_(std::move(observe)) {
  for (std::size_t i = 0; i < kThreads; ++i) threads_.emplace_back([this] { work(); });
}

CallbackSender::~CallbackSender() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  threads_.clear();
}

bool CallbackSender::offer(Callback callback, int copies, std::chrono::milliseconds delay) {
  const auto shared = std::make_shared<const Callback>(std::move(callback));
  const auto due = std::chrono::steady_clock::now() + delay;
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() + static_cast<std::size_t>(copies) > kMost) return false;
    for (int i = 0; i < copies; ++i) {
      waiting_.push({.due = due, .callback = shared, .tries = 0, .generation = generation_});
    }
  }
  wake_.notify_one();
  return true;
}

void CallbackSender::clear() {
  const std::lock_guard lock(mutex_);
  waiting_ = {};
  ++generation_;
}

void CallbackSender::work() {
  Job job;
  while (take_due(job)) {
    const auto callback = job.callback;
    const int status = send(*callback);
    const bool goes_on = !is_success(status) && put_back(std::move(job));
    observe_({.callback = callback, .status = status, .ended = !goes_on});
  }
}

bool CallbackSender::take_due(Job& job) {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (waiting_.empty()) {
      wake_.wait(lock);
    } else if (const auto due = waiting_.top().due; due > std::chrono::steady_clock::now()) {
      wake_.wait_until(lock, due);
    } else {
      job = waiting_.top();
      waiting_.pop();
      // This thread may have been the only one that waited for the next job.
      if (!waiting_.empty()) wake_.notify_one();
      return true;
    }
  }
  return false;
}

int CallbackSender::send(const Callback& callback) {
  const auto vault = vault_.url();
  if (!vault) return 0;
  const Time now = clock_.now();
  const WebhookHeaders signed_by =
      callback.forged ? keys_.forge(callback.id, now, callback.body)
                      : keys_.sign(callback.channel, callback.id, now, callback.body);
  return http_
      .send({.url = Url::parse(*vault + "/v1/channel-events").value(),
             .fields = {{"Content-Type", "application/json"},
                        {"webhook-id", signed_by.id},
                        {"webhook-timestamp", signed_by.timestamp},
                        {"webhook-signature", signed_by.signature}},
             .body = callback.body,
             .connect_timeout = kConnectTimeout,
             .deadline = std::chrono::steady_clock::now() + kTimeout,
             .most_idle = kThreads})
      .status;
}

bool CallbackSender::put_back(Job job) {
  if (job.tries == kRetries) return false;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || job.generation != generation_) return false;
    job.due = std::chrono::steady_clock::now() + first_retry_ * (1 << job.tries);
    ++job.tries;
    waiting_.push(std::move(job));
  }
  wake_.notify_one();
  return true;
}

}  // namespace cardvault::sandbox
