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

/// Where a vault's files are.
///
///   DIR/            0700
///     root.key      the root key (0600), when a key file is the seal and is not kept elsewhere
///     keyring.mark  the newest keyring seen (see RollbackGuard)
///     vault.db      the embedded store; not there when wallets are kept elsewhere
///     admin.sock    the command line's way into a running server (0600)
///     lock          held by the process that owns DIR
struct DataPaths {
  std::filesystem::path directory;
  SealOptions seal = {};
  StoreOptions store = {};

  /// With DIR/root.key for a key file that `seal` does not name.
  [[nodiscard]] static DataPaths in(const std::filesystem::path& directory, SealOptions seal = {},
                                    StoreOptions store = {});
  [[nodiscard]] std::filesystem::path socket() const { return directory / "admin.sock"; }
  [[nodiscard]] std::filesystem::path mark() const { return directory / "keyring.mark"; }
  [[nodiscard]] std::filesystem::path database() const { return directory / "vault.db"; }
};

/// A data directory that this process owns, with its keyring opened, or closed when it is sealed.
struct OpenData {
  DirectoryLock lock;
  std::unique_ptr<WalletStore> store;
  std::unique_ptr<KeyringRecord> keyring_record;
  std::unique_ptr<LiveKeyring> keyring;
  std::unique_ptr<KeyringKeeper> keeper;
};

/// Whether a vault whose root key is in shares may be opened as it is, sealed; kept: no vault is
/// unsealed, whoever holds its root key.
enum class Sealed : std::uint8_t { refused, allowed, kept };

/// 0700; one that is there already is left as it is.
[[nodiscard]] Status make_data_directory(const std::filesystem::path& directory);

/// What init made: each is to be shown once.
struct NewVault {
  AddedClient client;
  Ceremony ceremony = {};          ///< without shares unless the seal is of shares
  std::vector<Share> shares = {};  ///< in the order of the custodians
};

/// What is done with the shares of a new vault before its first client is made: while they are not
/// safe the vault is none.
using KeepShares = std::function<Status(const Ceremony&, const std::vector<Share>&)>;

/// Creates directory, root key, store and keyring and the first client, named "admin" with the
/// permission admin. What a crash in the middle left is continued, not repeated; a keyring whose
/// shares may be lost, and that no wallet or client is sealed under, is made anew. `internal` with
/// a readable detail when the store holds a vault already or another process owns DIR. A second
/// process on a store that is shared needs no vault of its own: it needs the root key. `clock`
/// is not kept.
[[nodiscard]] Result<NewVault> initialize_data(const DataPaths& paths, RandomSource& random,
                                               const Clock& clock, const KeepShares& keep_shares);

/// Opens a vault, making first what it lacks of directory, root key, store and keyring; no client.
/// As open_data.
[[nodiscard]] Result<OpenData> open_or_create_data(const DataPaths& paths, RandomSource& random,
                                                   const Clock& clock);

/// key_unavailable, record_corrupt, keyring_rolled_back or store_unavailable, saying what to do
/// about it; vault_sealed unless that is allowed. A keyring that an older version made is completed
/// (see KeyringKeeper::open), which is then its only form: that older version does not read it any
/// more. `random` and `clock` outlive the data.
[[nodiscard]] Result<OpenData> open_data(const DataPaths& paths, RandomSource& random,
                                         const Clock& clock, Sealed sealed = Sealed::refused);

/// Whether another process owns the directory now.
[[nodiscard]] Result<bool> is_owned_by_another(const DataPaths& paths);

}  // namespace cardvault::api
