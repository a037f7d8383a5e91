#include "vault/storage/redis/connection.h"

#include <poll.h>
#include <sys/socket.h>

#include <utility>

#include "base/socket.h"

namespace cardvault {
namespace {

constexpr const char* kTooLate = "no reply in time";

bool is_past(RedisDeadline deadline) {
  return std::chrono::steady_clock::now() >= deadline;
}

}  // namespace

Replies RedisConnection::exchange(const std::string& requests, std::size_t count,
                                  RedisDeadline deadline) {
  Lock lock(mutex_);
  if (!ended_.empty()) return std::unexpected(Lost{.why = ended_});
  if (redisAppendFormattedCommand(context_.get(), requests.data(), requests.size()) != REDIS_OK) {
    end(fault());
    return std::unexpected(Lost{.why = ended_});
  }
  Call call{.wanted = count, .deadline = deadline};
  calls_.push_back(&call);
  waiting_ = calls_.size();
  send_all(lock, call);
  while (!call.done) {
    if (is_being_read_) {
      wait_for(lock, call);
    } else {
      read_for_all(lock);
    }
  }
  // The caller that has waited longest reads next.
  if (!is_being_read_ && !calls_.empty()) calls_.front()->wake.notify_one();
  if (call.replies.size() == count) return std::move(call.replies);
  return std::unexpected(Lost{.why = ended_, .sent = true});
}

bool RedisConnection::is_usable(bool look) {
  const Lock lock(mutex_);
  if (!ended_.empty()) return false;
  // Data that no request asked for means that the server has closed the connection.
  if (look && calls_.empty() && wait_for_socket(context_->fd, POLLIN, {})) {
    end("closed by the server");
  }
  return ended_.empty();
}

void RedisConnection::send_all(Lock& lock, const Call& call) {
  for (int all_sent = 0; !call.done;) {
    if (redisBufferWrite(context_.get(), &all_sent) != REDIS_OK) return end(fault());
    if (all_sent != 0) return;
    if (is_past(call.deadline)) return end("the server stopped reading");
    lock.unlock();
    (void)wait_for_socket(context_->fd, POLLOUT, call.deadline);
    lock.lock();
  }
}

void RedisConnection::read_for_all(Lock& lock) {
  is_being_read_ = true;
  const RedisDeadline deadline = calls_.front()->deadline;
  lock.unlock();
  const bool readable = wait_for_socket(context_->fd, POLLIN, deadline);
  lock.lock();
  is_being_read_ = false;
  if (!ended_.empty()) return;
  if (!readable) return end(kTooLate);
  if (redisBufferRead(context_.get()) != REDIS_OK) return end(fault());
  while (ended_.empty()) {
    void* reply = nullptr;
    if (redisGetReplyFromReader(context_.get(), &reply) != REDIS_OK) return end(fault());
    if (reply == nullptr) return;
    deliver(static_cast<redisReply*>(reply));
  }
}

void RedisConnection::deliver(redisReply* reply) {
  Reply owned(reply);
  if (calls_.empty()) return end("an unexpected reply");
  Call& call = *calls_.front();
  call.replies.push_back(std::move(owned));
  if (call.replies.size() < call.wanted) return;
  call.done = true;
  call.wake.notify_one();
  calls_.pop_front();
  waiting_ = calls_.size();
}

void RedisConnection::wait_for(Lock& lock, Call& call) {
  const auto waited = call.wake.wait_until(lock, call.deadline);
  if (waited == std::cv_status::timeout && !call.done && is_being_read_) end(kTooLate);
}

void RedisConnection::end(const std::string& why) {
  if (!ended_.empty()) return;
  ended_ = why;
  // This wakes the reading thread. The descriptor stays open until no caller uses the connection.
  ::shutdown(context_->fd, SHUT_RDWR);
  for (Call* call : calls_) {
    call->done = true;
    call->wake.notify_one();
  }
  calls_.clear();
  waiting_ = 0;
}

std::string RedisConnection::fault() const {
  return context_->errstr[0] == '\0' ? "the connection failed" : context_->errstr;
}

}  // namespace cardvault
