#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "base/result.h"
#include "vault/storage/redis/location.h"
#include "vault/storage/wallet_store.h"

namespace cardvault::api {

/// Where the wallets of a vault are kept, as an operator says it.
struct StoreOptions {
  /// "sqlite", the embedded store in the data directory, or a URL (see RedisLocation).
  std::string url = "sqlite";
  /// The password's file: a URL on a command line can be read by every user of the machine.
  std::filesystem::path password_file = {};
  std::filesystem::path ca_file = {};
  std::filesystem::path certificate_file = {};
  std::filesystem::path key_file = {};
  std::uint32_t wait_replicas = 0;
  std::uint32_t timeout_ms = 1000;
  bool accept_data_loss = false;

  /// In a file that one process owns; otherwise many may share it.
  [[nodiscard]] bool is_embedded() const { return url == "sqlite"; }
};

/// How to reach the Redis that `options` names, with the password from its file. invalid_request
/// for a URL that is none and a password that cannot be read.
[[nodiscard]] Result<RedisOptions> redis_options(const StoreOptions& options);

/// The store; the embedded one in `directory`, which the caller owns. store_unavailable when trying
/// again may help; see open_sqlite_store and open_redis_store.
[[nodiscard]] Result<std::unique_ptr<WalletStore>> open_store(
    const StoreOptions& options, const std::filesystem::path& directory);

/// A store's URL with a password among the arguments of this process.
[[nodiscard]] bool has_password(int argc, char** argv);

}  // namespace cardvault::api
