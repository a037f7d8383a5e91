#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "base/result.h"
#include "vault/storage/redis/location.h"
#include "vault/storage/wallet_store.h"

namespace cardvault::api {

/// Where the wallets of a vault are kept, as the operator's options say.
struct StoreOptions {
  /// "sqlite" for the embedded store in the data directory, or a URL (see RedisLocation).
  std::string url = "sqlite";
  /// File with the password. A password in a URL would be visible to every user of the machine.
  std::filesystem::path password_file = {};
  std::filesystem::path ca_file = {};
  std::filesystem::path certificate_file = {};
  std::filesystem::path key_file = {};
  std::uint32_t wait_replicas = 0;
  std::uint32_t timeout_ms = 1000;
  bool accept_data_loss = false;

  /// True if the store is a file owned by one process. Many processes may share any other store.
  [[nodiscard]] bool is_embedded() const { return url == "sqlite"; }
};

/// Connection options of the Redis in `options`, with the password from its file. Error:
/// invalid_request if the URL is invalid or the password cannot be read.
[[nodiscard]] Result<RedisOptions> redis_options(const StoreOptions& options);

/// Opens the store. The caller must own `directory`, which holds an embedded store. Errors: those
/// of open_sqlite_store and open_redis_store; store_unavailable means that a retry may help.
[[nodiscard]] Result<std::unique_ptr<WalletStore>> open_store(
    const StoreOptions& options, const std::filesystem::path& directory);

/// True if one of the arguments is a store URL with a password.
[[nodiscard]] bool has_password(int argc, char** argv);

}  // namespace cardvault::api
