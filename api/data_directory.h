#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "api/client_registry.h"
#include "api/store_options.h"
#include "base/result.h"
#include "crypto/keyring.h"
#include "crypto/seal.h"
#include "vault/ports/wallet_store.h"
#include "vault/store/directory_lock.h"

namespace cardvault::api {

/// Where a vault's files are.
///
///   DIR/            0700
///     root.key      the root key (0600), unless it is kept elsewhere
///     vault.db      the embedded store; not there when wallets are kept elsewhere
///     admin.sock    the command line's way into a running server (0600)
///     lock          held by the process that owns DIR
struct DataPaths {
  std::filesystem::path directory;
  std::filesystem::path root_key;
  StoreOptions store = {};

  [[nodiscard]] static DataPaths in(const std::filesystem::path& directory,
                                    const std::string& root_key_file, StoreOptions store = {});
  [[nodiscard]] std::filesystem::path socket() const { return directory / "admin.sock"; }
};

/// A data directory that this process owns, with its keyring opened.
struct OpenData {
  DirectoryLock lock;
  std::unique_ptr<WalletStore> store;
  Keyring keyring;
};

/// 0700; one that is there already is left as it is.
[[nodiscard]] Status make_data_directory(const std::filesystem::path& directory);

/// Creates directory, root key, store and keyring and the first client, named "admin" with the
/// permission admin. What a crash in the middle left is continued, not repeated. `internal` with a
/// readable detail when the store holds a vault already or another process owns DIR. A second
/// process on a store that is shared needs no vault of its own: it needs the root key.
[[nodiscard]] Result<AddedClient> initialize_data(const DataPaths& paths, RandomSource& random,
                                                  Time now);

/// Opens a vault, making first what it lacks of directory, root key, store and keyring; no client.
/// As open_data.
[[nodiscard]] Result<OpenData> open_or_create_data(const DataPaths& paths, RandomSource& random,
                                                   Time now);

/// key_unavailable, record_corrupt or store_unavailable, saying what to do about it. A keyring that
/// an older version made is completed as of `now` (see load_keyring), which is then its only form:
/// that older version does not read it any more.
[[nodiscard]] Result<OpenData> open_data(const DataPaths& paths, RandomSource& random, Time now);

/// Whether another process owns the directory now.
[[nodiscard]] Result<bool> is_owned_by_another(const DataPaths& paths);

}  // namespace cardvault::api
