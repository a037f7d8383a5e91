#include "vault/storage/redis/connector.h"

#include <fcntl.h>
#include <hiredis/hiredis_ssl.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace cardvault {
namespace {

/// With TLS 1.3 a server reports a refused client certificate only after the handshake, and then
/// closes the connection. So the failure looks as if it came later.
constexpr const char* kAfterHandshake =
    " (right after the TLS handshake: it may not accept this vault's certificate)";

timeval time_until(RedisDeadline deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::microseconds>(
      deadline - std::chrono::steady_clock::now());
  const auto us = std::max<std::int64_t>(left.count(), 1000);
  return {.tv_sec = us / 1'000'000, .tv_usec = us % 1'000'000};
}

std::unexpected<Lost> lost(std::string why) {
  return std::unexpected(Lost{.why = std::move(why)});
}

std::unexpected<Lost> refused(std::string why) {
  return std::unexpected(Lost{.why = std::move(why), .refused = true});
}

RedisContext open_socket(const RedisAddress& address, RedisDeadline deadline) {
  const timeval timeout = time_until(deadline);
  redisOptions options{};
  REDIS_OPTIONS_SET_TCP(&options, address.host.c_str(), address.port);
  options.connect_timeout = &timeout;
  options.command_timeout = &timeout;
  return RedisContext(redisConnectWithOptions(&options));
}

std::optional<Reply> ask(redisContext& context, std::span<const std::string_view> words) {
  std::vector<const char*> starts;
  std::vector<std::size_t> sizes;
  for (const auto word : words) {
    starts.push_back(word.data());
    sizes.push_back(word.size());
  }
  void* reply =
      redisCommandArgv(&context, static_cast<int>(words.size()), starts.data(), sizes.data());
  if (reply == nullptr) return std::nullopt;
  return Reply(static_cast<redisReply*>(reply));
}

/// From here on poll() tells when to read and write.
bool stop_blocking(redisContext& context) {
  const int flags = ::fcntl(context.fd, F_GETFL);
  if (flags < 0 || ::fcntl(context.fd, F_SETFL, flags | O_NONBLOCK) != 0) return false;
  context.flags &= ~REDIS_BLOCK;
  return true;
}

}  // namespace

Result<RedisConnector> RedisConnector::make(const RedisOptions& options) {
  if (!options.location.tls) return RedisConnector(options, std::nullopt);
  TRY_VALUE(auto tls, RedisTls::make(options));
  return RedisConnector(options, std::move(tls));
}

std::expected<std::shared_ptr<RedisConnection>, Lost> RedisConnector::connect(
    const RedisAddress& address, RedisDeadline deadline) const {
  RedisContext context = open_socket(address, deadline);
  if (!context) return lost("not enough memory");
  if (context->err != 0) return lost(context->errstr);
  if (tls_) {
    redisSetTimeout(context.get(), time_until(deadline));
    TRY(encrypt(*context, address.host));
  }
  redisSetTimeout(context.get(), time_until(deadline));
  if (auto ready = log_in(*context); !ready) {
    if (tls_ && !ready.error().refused) ready.error().why += kAfterHandshake;
    return std::unexpected(std::move(ready.error()));
  }
  if (!stop_blocking(*context)) return lost("the socket cannot be made non-blocking");
  return std::make_shared<RedisConnection>(std::move(context));
}

RedisConnector::Done RedisConnector::encrypt(redisContext& context, const std::string& host) const {
  SSL* session = tls_->session_for(host);
  if (session == nullptr) return lost("not enough memory");
  if (redisInitiateSSL(&context, session) == REDIS_OK) return {};
  const std::string fault = RedisTls::certificate_fault(session);
  RedisTls::free(session);
  if (!fault.empty()) return refused("its certificate is not accepted: " + fault);
  return lost(std::string("the TLS handshake failed: ") + context.errstr);
}

RedisConnector::Done RedisConnector::log_in(redisContext& context) const {
  const RedisLocation& location = options_->location;
  if (location.password.size() > 0) {
    std::vector<std::string_view> words{"AUTH"};
    if (!location.user.empty()) words.emplace_back(location.user);
    words.push_back(location.password.expose());
    const auto reply = ask(context, words);
    if (!reply) return lost(context.errstr);
    // Do not log its text, because some servers repeat words that they do not understand.
    if (reply->is_error()) return refused("it does not accept the user name or password");
  }
  const auto reply = ask(context, std::array<std::string_view, 1>{"PING"});
  if (!reply) return lost(context.errstr);
  if (reply->is_error("NOAUTH")) return refused("it requires a user name and password");
  if (reply->is_error("NOPERM")) return refused("the user has no permission for PING");
  if (reply->is_error()) return lost(std::string(reply->text()));
  return {};
}

}  // namespace cardvault
