#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <queue>
#include <string>
#include <thread>
#include <vector>

#include "base/time.h"
#include "net/client/http_client.h"
#include "sandbox/channel_keys.h"
#include "sandbox/id_memory.h"
#include "sandbox/vault_link.h"

namespace cardvault::sandbox {

/// A channel's report that a closure is done, or will not be done.
struct Callback {
  ChannelIndex channel = 0;
  std::string id;    ///< webhook-id, "evt_...": the same for every copy and every attempt
  std::string body;  ///< the event
  bool forged = false;
  IdDigest closure{};       ///< of the message that asked for the closure
  std::uint64_t epoch = 0;  ///< number of resets of the desk when the callback was made
};

[[nodiscard]] constexpr bool is_success(int status) {
  return status >= 200 && status < 300;
}

/// One attempt to deliver a copy of a callback.
struct CallbackTry {
  std::shared_ptr<const Callback> callback;
  int status = 0;      ///< the vault's answer; 0: no answer
  bool ended = false;  ///< no further attempt of this copy follows
};

/// Delivers callbacks to VAULT/v1/channel-events, each after its delay. A few threads send them
/// over kept connections. A callback without a 2xx answer is retried up to kRetries times, first
/// after `first_retry` and then after twice the previous wait. Safe from any thread.
class CallbackSender {
 public:
  static constexpr std::size_t kThreads = 8;
  /// Limit of waiting copies: about 50 MB, and minutes of work.
  static constexpr std::size_t kMost = 100'000;
  /// If the first retry comes after 250 ms, the last one comes after sixteen seconds. A vault can
  /// restart in that time.
  static constexpr int kRetries = 6;

  /// Keeps references to its arguments. `observe` is called after every attempt, from several
  /// threads.
  CallbackSender(const VaultLink& vault, const ChannelKeys& keys, const Clock& clock,
                 std::chrono::milliseconds first_retry,
                 std::function<void(const CallbackTry&)> observe);
  /// Ends the threads, at the latest after the five-second timeout of a silent vault. Drops waiting
  /// copies.
  ~CallbackSender();
  CallbackSender(const CallbackSender&) = delete;
  CallbackSender& operator=(const CallbackSender&) = delete;

  /// Returns false and sends nothing if there is no room for all copies.
  [[nodiscard]] bool offer(Callback callback, int copies, std::chrono::milliseconds delay);
  /// Drops waiting copies; copies in flight are not retried.
  void clear();

 private:
  using SteadyTime = std::chrono::steady_clock::time_point;

  struct Job {
    SteadyTime due;
    std::shared_ptr<const Callback> callback;
    int tries = 0;
    std::uint64_t generation = 0;

    bool operator<(const Job& other) const { return due > other.due; }
  };
  void work();
  [[nodiscard]] bool take_due(Job& job);
  [[nodiscard]] int send(const Callback& callback);
  /// Returns true if the job will be retried.
  [[nodiscard]] bool put_back(Job job);

  const VaultLink& vault_;
  const ChannelKeys& keys_;
  const Clock& clock_;
  const std::chrono::milliseconds first_retry_;
  const std::function<void(const CallbackTry&)> observe_;
  HttpClient http_{{}};
  std::mutex mutex_;
  std::condition_variable wake_;
  std::priority_queue<Job> waiting_;
  std::uint64_t generation_ = 0;
  bool stopping_ = false;
  std::vector<std::jthread> threads_;
};

}  // namespace cardvault::sandbox
