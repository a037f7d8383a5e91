#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "crypto/secret.h"

namespace cardvault {

/// One Redis server.
struct RedisAddress {
  std::string host;  ///< a name or an address; an IPv6 address has no brackets here
  std::uint16_t port = 6379;

  auto operator<=>(const RedisAddress&) const = default;
  /// Returns "host:port", with brackets around an IPv6 address.
  [[nodiscard]] std::string text() const;
};

/// The contents of a store URL.
struct RedisLocation {
  bool tls = false;
  bool cluster = false;
  /// One server, or members of a cluster that know the other members.
  std::vector<RedisAddress> seeds;
  std::string user;     ///< "" for Redis' default user
  SecretText password;  ///< empty if the URL has none

  /// Parses redis://, rediss:// (TLS), redis+cluster:// or rediss+cluster://, then
  /// [user[:password]@] and host[:port]. A cluster may have several hosts, separated by commas.
  /// User and password are percent-decoded. The only paths are "/" and "/0": a cluster has one
  /// database, so a vault uses one. All other texts fail with invalid_request. `detail` never
  /// repeats the text, which may contain a password.
  [[nodiscard]] static Result<RedisLocation> parse(std::string_view url);
};

/// The settings of connections to the store.
struct RedisOptions {
  RedisLocation location;
  /// PEM files. "" means: the system's authorities; no client certificate.
  std::filesystem::path ca_file = {};
  std::filesystem::path certificate_file = {};
  std::filesystem::path key_file = {};
  /// Timeout of one operation with all its redirections and retries, including the connection.
  /// Waiting for replicas may take as long again. The look-up of a server's name is not included.
  std::chrono::milliseconds timeout{1000};
  /// Number of replicas that must have a commit before it is acknowledged (WAIT); 0 means no WAIT.
  std::uint32_t wait_replicas = 0;
  /// Also accept a server that may lose acknowledged data (see guarantees.h).
  bool accept_data_loss = false;
};

}  // namespace cardvault
