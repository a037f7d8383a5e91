#include "vault/storage/redis/reply.h"

#include <charconv>

namespace cardvault {

bool Reply::is_error(std::string_view word) const {
  if (!is_error()) return false;
  const auto message = text();
  return message.substr(0, message.find(' ')) == word;
}

bool Reply::is_nil(std::size_t i) const {
  const redisReply* one = element(i);
  return one == nullptr || one->type == REDIS_REPLY_NIL;
}

const redisReply* Reply::element_of(const redisReply* array, std::size_t i) {
  const bool there = array != nullptr && array->type == REDIS_REPLY_ARRAY && i < array->elements;
  return there ? array->element[i] : nullptr;
}

std::string_view Reply::text_of(const redisReply* reply) {
  if (reply == nullptr || reply->str == nullptr) return {};
  return {reply->str, reply->len};
}

std::optional<std::int64_t> Reply::number_of(const redisReply* reply) {
  if (reply == nullptr) return std::nullopt;
  if (reply->type == REDIS_REPLY_INTEGER) return reply->integer;
  const auto text = text_of(reply);
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (text.empty() || error != std::errc{} || stop != end) return std::nullopt;
  return value;
}

}  // namespace cardvault
