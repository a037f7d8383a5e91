#pragma once

#include <hiredis/hiredis.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <expected>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "vault/storage/redis/reply.h"

namespace cardvault {

using RedisDeadline = std::chrono::steady_clock::time_point;

/// Why there are no replies.
struct Lost {
  std::string why;       ///< for the operator
  bool sent = false;     ///< the server may have done what was asked
  bool refused = false;  ///< asking again is in vain: password, certificate
};

using Replies = std::expected<std::vector<Reply>, Lost>;

struct FreeContext {
  void operator()(redisContext* context) const { redisFree(context); }
};
using RedisContext = std::unique_ptr<redisContext, FreeContext>;

/// One connection that any number of threads share: each writes its requests behind those of the
/// others (pipelining) and gets its own replies, which come in the same order. No thread of its
/// own: of those that wait one reads for all, so a single caller costs no more than it would alone.
///
/// The first request whose deadline passes, or any fault, ends the connection for all that wait on
/// it, so a late reply reaches nobody.
class RedisConnection {
 public:
  /// A context whose socket does not block and on which nothing is under way.
  explicit RedisConnection(RedisContext context) : context_(std::move(context)) {}
  RedisConnection(const RedisConnection&) = delete;
  RedisConnection& operator=(const RedisConnection&) = delete;

  /// Sends `requests`, which are `count` commands as encoded, and waits for as many replies.
  [[nodiscard]] Replies exchange(const std::string& requests, std::size_t count,
                                 RedisDeadline deadline);

  /// Callers that wait now.
  [[nodiscard]] std::size_t waiting() const { return waiting_; }
  /// False once it has ended. With `look`, which is a system call, also when the server has closed
  /// it while nobody waited.
  [[nodiscard]] bool is_usable(bool look);

 private:
  struct Call {
    std::size_t wanted;
    RedisDeadline deadline;
    std::vector<Reply> replies = {};
    bool done = false;
    std::condition_variable wake = {};
  };
  using Lock = std::unique_lock<std::mutex>;

  void send_all(Lock& lock, const Call& call);
  void read_for_all(Lock& lock);
  void deliver(redisReply* reply);
  void wait_for(Lock& lock, Call& call);
  void end(const std::string& why);
  [[nodiscard]] std::string fault() const;

  std::mutex mutex_;
  RedisContext context_;
  std::deque<Call*> calls_;
  std::atomic<std::size_t> waiting_{0};
  bool is_being_read_ = false;
  std::string ended_;  ///< why; "" while it goes on
};

}  // namespace cardvault
