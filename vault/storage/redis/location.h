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
  std::string host;  ///< a name or an address, an IPv6 one without its brackets
  std::uint16_t port = 6379;

  auto operator<=>(const RedisAddress&) const = default;
  /// "host:port", with brackets around an IPv6 address.
  [[nodiscard]] std::string text() const;
};

/// What a store URL says.
struct RedisLocation {
  bool tls = false;
  bool cluster = false;
  /// One server, or the members of a cluster that are asked for the others.
  std::vector<RedisAddress> seeds;
  std::string user;     ///< "" for Redis' default user
  SecretText password;  ///< empty when the URL has none

  /// redis://, rediss:// (TLS), redis+cluster:// or rediss+cluster://, then [user[:password]@] and
  /// host[:port], for a cluster several with commas between. User and password are
  /// percent-decoded. No path but "/" or "/0": a cluster has one database, so a vault uses one.
  /// invalid_request for everything else; `detail` never repeats the text, which may hold a
  /// password.
  [[nodiscard]] static Result<RedisLocation> parse(std::string_view url);
};

/// How to talk to it.
struct RedisOptions {
  RedisLocation location;
  /// PEM files. "": the system's authorities; no certificate of our own.
  std::filesystem::path ca_file = {};
  std::filesystem::path certificate_file = {};
  std::filesystem::path key_file = {};
  /// For one operation with all its redirections and retries, connecting included; waiting for
  /// replicas takes up to as long again. The look-up of a server's name is not bounded by it.
  std::chrono::milliseconds timeout{1000};
  /// Replicas that must have a commit before it is answered (WAIT); 0 does not ask.
  std::uint32_t wait_replicas = 0;
  /// Open a server that may lose what it has acknowledged (see guarantees.h).
  bool accept_data_loss = false;
};

}  // namespace cardvault
