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

/// A channel's report that a closure is done, or is not going to be.
struct Callback {
  ChannelIndex channel = 0;
  std::string id;    ///< webhook-id, "evt_...": the same for every copy and every try
  std::string body;  ///< the event
  bool forged = false;
  IdDigest closure{};       ///< of the message that asked for the closure
  std::uint64_t epoch = 0;  ///< how often the desk had been reset when it was made
};

[[nodiscard]] constexpr bool is_success(int status) {
  return status >= 200 && status < 300;
}

/// One try to deliver a copy of a callback.
struct CallbackTry {
  std::shared_ptr<const Callback> callback;
  int status = 0;      ///< the vault's answer, 0 when there was none
  bool ended = false;  ///< no further try of this copy follows
};

/// Delivers callbacks to VAULT/v1/channel-events, each after its delay, by a few threads over
/// connections that are kept. What is not answered 2xx is tried again, kRetries times, after
/// `first_retry` and then twice as long each time. Safe from any thread.
class CallbackSender {
 public:
  static constexpr std::size_t kThreads = 8;
  /// Copies that wait or are being sent: some 50 MB, and minutes of work.
  static constexpr std::size_t kMost = 100'000;
  /// With a first retry after a quarter of a second: sixteen seconds, enough for a vault to
  /// restart.
  static constexpr int kRetries = 6;

  /// Keeps references to what it is given. `observe` is called after every try, by several threads.
  CallbackSender(const VaultLink& vault, const ChannelKeys& keys, const Clock& clock,
                 std::chrono::milliseconds first_retry,
                 std::function<void(const CallbackTry&)> observe);
  /// Ends the threads, within the five seconds that a silent vault is given; drops what waits.
  ~CallbackSender();
  CallbackSender(const CallbackSender&) = delete;
  CallbackSender& operator=(const CallbackSender&) = delete;

  /// False, and nothing is sent, when there is no place for all copies.
  [[nodiscard]] bool offer(Callback callback, int copies, std::chrono::milliseconds delay);
  /// Drops what waits, and what is being sent now is not tried again.
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
  /// True when it will be tried again.
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
