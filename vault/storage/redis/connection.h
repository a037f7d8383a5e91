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
  bool sent = false;     ///< the server may have done the request
  bool refused = false;  ///< a retry is useless: password, certificate
};

using Replies = std::expected<std::vector<Reply>, Lost>;

struct FreeContext {
  void operator()(redisContext* context) const { redisFree(context); }
};
using RedisContext = std::unique_ptr<redisContext, FreeContext>;

/// One connection that any number of threads share. Each thread writes its requests after those of
/// the others (pipelining) and gets its own replies, which arrive in the same order. It has no
/// thread. One of the waiting callers reads for all, so a single caller pays no extra cost.
///
/// If a request exceeds its deadline, or on any fault, the connection ends for all waiting callers.
/// So no caller ever receives a late reply.
class RedisConnection {
 public:
  /// The socket of `context` must be non-blocking, and no request may be in flight on it.
  explicit RedisConnection(RedisContext context) : context_(std::move(context)) {}
  RedisConnection(const RedisConnection&) = delete;
  RedisConnection& operator=(const RedisConnection&) = delete;

  /// Sends `requests`, which are `count` encoded commands, and waits for `count` replies.
  [[nodiscard]] Replies exchange(const std::string& requests, std::size_t count,
                                 RedisDeadline deadline);

  /// Returns the number of callers that wait now.
  [[nodiscard]] std::size_t waiting() const { return waiting_; }
  /// False after the connection has ended. With `look`, which costs a system call, it is also false
  /// if the server has closed the connection while no caller waited.
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
  std::string ended_;  ///< the reason; "" while the connection is usable
};

}  // namespace cardvault
