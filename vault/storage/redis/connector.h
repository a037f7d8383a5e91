#pragma once

#include <expected>
#include <memory>
#include <optional>

#include "vault/storage/redis/connection.h"
#include "vault/storage/redis/location.h"
#include "vault/storage/redis/tls.h"

namespace cardvault {

/// Opens connections to the servers of one store, all with the same user and the same trusted
/// authorities. Threads may share it.
class RedisConnector {
 public:
  /// If a TLS file cannot be used, it fails with invalid_request. `options` must outlive the
  /// connector.
  [[nodiscard]] static Result<RedisConnector> make(const RedisOptions& options);

  /// Returns a connection that is encrypted if the location requires it, is logged in, and has
  /// answered PING.
  [[nodiscard]] std::expected<std::shared_ptr<RedisConnection>, Lost> connect(
      const RedisAddress& address, RedisDeadline deadline) const;

 private:
  RedisConnector(const RedisOptions& options, std::optional<RedisTls> tls)
      : options_(&options), tls_(std::move(tls)) {}
  using Done = std::expected<void, Lost>;
  [[nodiscard]] Done encrypt(redisContext& context, const std::string& host) const;
  [[nodiscard]] Done log_in(redisContext& context) const;

  const RedisOptions* options_;
  std::optional<RedisTls> tls_;
};

}  // namespace cardvault
