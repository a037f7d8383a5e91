#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "api/app/store_options.h"
#include "api/callers/client_registry.h"
#include "api/seals/seal_options.h"
#include "base/result.h"
#include "crypto/keys/life/keyring_keeper.h"
#include "crypto/keys/live_keyring.h"
#include "vault/storage/directory_lock.h"
#include "vault/storage/keyring_record.h"
#include "vault/storage/wallet_store.h"

namespace cardvault::api {

/// Paths of a vault's files.
///
///   DIR/            0700
///     root.key      the root key (0600), if the seal is a key file and has no other path
///     keyring.mark  the newest keyring seen (see RollbackGuard)
///     vault.db      the embedded store; absent if wallets are kept elsewhere
///     admin.sock    the command line's way into a running server (0600)
///     lock          held by the process that owns DIR
struct DataPaths {
  std::filesystem::path directory;
  SealOptions seal = {};
  StoreOptions store = {};

  /// Uses DIR/root.key if `seal` names no key file.
  [[nodiscard]] static DataPaths in(const std::filesystem::path& directory, SealOptions seal = {},
                                    StoreOptions store = {});
  [[nodiscard]] std::filesystem::path socket() const { return directory / "admin.sock"; }
  [[nodiscard]] std::filesystem::path mark() const { return directory / "keyring.mark"; }
  [[nodiscard]] std::filesystem::path database() const { return directory / "vault.db"; }
};

/// A data directory that this process owns. The keyring is open, or closed if the vault is sealed.
struct OpenData {
  DirectoryLock lock;
  std::unique_ptr<WalletStore> store;
  std::unique_ptr<KeyringRecord> keyring_record;
  std::unique_ptr<LiveKeyring> keyring;
  std::unique_ptr<KeyringKeeper> keeper;
};

/// What open_data() does if the root key is not available: fails, or returns the data with the
/// keyring sealed. With never_unseal it does not even try, whichever seal the vault has.
enum class OnSealed : std::uint8_t { fail, open_sealed, never_unseal };

/// Creates the directory with mode 0700. An existing directory stays as it is.
[[nodiscard]] Status make_data_directory(const std::filesystem::path& directory);

/// The result of initialize_data(). Its secrets are shown to the operator once.
struct NewVault {
  AddedClient client;
  Ceremony ceremony = {};          ///< has shares only if the seal is Shamir shares
  std::vector<Share> shares = {};  ///< in the order of the custodians
};

/// Stores the shares of a new vault in a safe place. It is called before the keyring is saved: if
/// it fails, no vault is created.
using KeepShares = std::function<Status(const Ceremony&, const std::vector<Share>&)>;

/// Creates the directory, root key, store, keyring and the first client. The client is named
/// "admin" and has the permission admin. A call after a crash continues the interrupted one. If the
/// seal is Shamir shares and no wallet or client is stored, the call makes a new keyring, because
/// the old shares may be lost. A second process on a shared store does not need this: it needs the
/// root key. `clock` is not kept.
/// Errors: `internal` with a readable detail if the store already holds a vault or another process
/// owns DIR; those of the seal, of the store and of `keep_shares`.
[[nodiscard]] Result<NewVault> initialize_data(const DataPaths& paths, RandomSource& random,
                                               const Clock& clock, const KeepShares& keep_shares);

/// Opens a vault. Creates a missing directory, root key, store and keyring first, but no client.
/// Errors and lifetimes: see open_data.
[[nodiscard]] Result<OpenData> open_or_create_data(const DataPaths& paths, RandomSource& random,
                                                   const Clock& clock);

/// Opens the vault of a data directory. `random` and `clock` must outlive the data. A keyring made
/// by an older version is completed (see KeyringKeeper::open); after that the older version cannot
/// read it.
/// Errors: key_unavailable, record_corrupt, keyring_rolled_back or store_unavailable, with a detail
/// that says what to do; `internal` if another process owns the directory; vault_sealed if `sealed`
/// is `refused`.
[[nodiscard]] Result<OpenData> open_data(const DataPaths& paths, RandomSource& random,
                                         const Clock& clock, OnSealed on_sealed = OnSealed::fail);

/// True if another process owns the directory now.
[[nodiscard]] Result<bool> is_owned_by_another(const DataPaths& paths);

}  // namespace cardvault::api
