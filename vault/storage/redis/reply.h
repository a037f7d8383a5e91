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

/// Owns one reply of a Redis server. The accessors never fail: if the reply has another type, the
/// result is empty, zero or nullopt. The caller then reports what it expected.
class Reply {
 public:
  explicit Reply(redisReply* reply) : reply_(reply) {}

  [[nodiscard]] bool is_error() const { return reply_->type == REDIS_REPLY_ERROR; }
  /// True for an error whose first word is `word`, as in "MOVED 3999 127.0.0.1:6381".
  [[nodiscard]] bool is_error(std::string_view word) const;
  [[nodiscard]] bool is_nil() const { return reply_->type == REDIS_REPLY_NIL; }
  [[nodiscard]] bool is_array() const { return reply_->type == REDIS_REPLY_ARRAY; }

  /// Returns the bytes of a string, status or error. They are valid as long as the reply.
  [[nodiscard]] std::string_view text() const { return text_of(reply_.get()); }
  [[nodiscard]] ByteView bytes() const { return as_bytes(text()); }
  /// Returns an integer, also if it comes as a string.
  [[nodiscard]] std::optional<std::int64_t> number() const { return number_of(reply_.get()); }

  /// Returns the number of array elements, or 0 for other types.
  [[nodiscard]] std::size_t size() const { return is_array() ? reply_->elements : 0; }
  [[nodiscard]] std::string_view text(std::size_t i) const { return text_of(element(i)); }
  [[nodiscard]] bool is_nil(std::size_t i) const;
  [[nodiscard]] std::optional<std::int64_t> number(std::size_t i) const {
    return number_of(element(i));
  }
  /// Returns an element, which may be an array itself, or nullptr beyond the end. The reply owns
  /// it.
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
