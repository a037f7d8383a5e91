#pragma once

#include <hiredis/hiredis.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace cardvault {

/// One answer of a Redis server, owned. The accessors never fail: what is not of the kind asked for
/// is empty, zero or nullopt, and the caller says what it expected.
class Reply {
 public:
  explicit Reply(redisReply* reply) : reply_(reply) {}

  [[nodiscard]] bool is_error() const { return reply_->type == REDIS_REPLY_ERROR; }
  /// An error whose first word is this, as in "MOVED 3999 127.0.0.1:6381".
  [[nodiscard]] bool is_error(std::string_view word) const;
  [[nodiscard]] bool is_nil() const { return reply_->type == REDIS_REPLY_NIL; }
  [[nodiscard]] bool is_array() const { return reply_->type == REDIS_REPLY_ARRAY; }

  /// The bytes of a string, status or error; valid as long as the reply.
  [[nodiscard]] std::string_view text() const { return text_of(reply_.get()); }
  [[nodiscard]] ByteView bytes() const { return as_bytes(text()); }
  /// An integer, or a string that is one.
  [[nodiscard]] std::optional<std::int64_t> number() const { return number_of(reply_.get()); }

  /// Elements of an array; 0 for everything else.
  [[nodiscard]] std::size_t size() const { return is_array() ? reply_->elements : 0; }
  [[nodiscard]] std::string_view text(std::size_t i) const { return text_of(element(i)); }
  [[nodiscard]] bool is_nil(std::size_t i) const;
  [[nodiscard]] std::optional<std::int64_t> number(std::size_t i) const {
    return number_of(element(i));
  }
  /// Any depth: the element itself, nullptr beyond the end; owned by the reply.
  [[nodiscard]] const redisReply* element(std::size_t i) const {
    return element_of(reply_.get(), i);
  }

  [[nodiscard]] static const redisReply* element_of(const redisReply* array, std::size_t i);
  [[nodiscard]] static std::string_view text_of(const redisReply* reply);
  [[nodiscard]] static std::optional<std::int64_t> number_of(const redisReply* reply);

 private:
  struct Free {
    void operator()(redisReply* reply) const { freeReplyObject(reply); }
  };

  std::unique_ptr<redisReply, Free> reply_;
};

}  // namespace cardvault
