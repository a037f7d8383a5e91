#include "api/app/data_directory.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "crypto/error_codes.h"
#include "crypto/keys/error_codes.h"
#include "vault/storage/cached_store.h"

namespace cardvault::api {
namespace {

namespace fs = std::filesystem;

// About eight thousand wallets of five cards, the working set of a busy hour.
constexpr std::size_t kCacheBytes = std::size_t{16} << 20U;

Result<DirectoryLock> own(const DataPaths& paths) {
  TRY_VALUE(auto lock, DirectoryLock::try_acquire(paths.directory));
  if (lock) return std::move(*lock);
  return fail(ErrorCode::internal, "Another process owns " + paths.directory.string() + ".");
}

/// Returns the data with a closed keyring. Other processes may share a store that is not embedded.
OpenData assemble(const DataPaths& paths, DirectoryLock lock, std::unique_ptr<WalletStore> store,
                  RandomSource& random, const Clock& clock) {
  const auto timing =
      paths.store.is_embedded() ? std::nullopt : std::optional(KeyringKeeper::Timing{});
  auto keyring = std::make_unique<LiveKeyring>(clock);
  auto record = std::make_unique<KeyringRecord>(*store);
  auto keeper = std::make_unique<KeyringKeeper>(*record, *keyring, random, clock,
                                                RollbackGuard(paths.mark()), timing);
  return {std::move(lock), std::move(store), std::move(record), std::move(keyring),
          std::move(keeper)};
}

Result<SealKind> kind_of_stored(const SealHead& head, const SealOptions& options) {
  if (!options.kind || *options.kind == head.kind) return head.kind;
  return fail(CryptoError::key_unavailable, "The vault is sealed by " +
                                                std::string(seal_name(head.kind)) + ", not by " +
                                                std::string(seal_name(*options.kind)) + ".");
}

/// Opens the stored keyring.
Status open_keyring_of(OpenData& data, const DataPaths& paths, RandomSource& random) {
  TRY_VALUE(const auto head, data.keeper->head());
  TRY_VALUE(const auto kind, kind_of_stored(head, paths.seal));
  TRY_VALUE(const auto seal, open_seal(kind, paths.seal, {}, random));
  return data.keeper->open(*seal);
}

/// Opens the stored keyring. A root key is created only if no keyring is stored, because a stored
/// one needs the root key that sealed it.
Status open_or_create_keyring(OpenData& data, const DataPaths& paths, RandomSource& random) {
  TRY_VALUE(const auto existing, data.store->load_vault_record(VaultRecord::keyring));
  if (existing) return open_keyring_of(data, paths, random);
  const auto kind = paths.seal.kind.value_or(SealKind::key_file);
  TRY_VALUE(const auto seal, create_seal(kind, paths.seal, {}, random));
  return data.keeper->create(*seal, 0);
}

std::unexpected<Error> no_directory(const DataPaths& paths) {
  return fail(ErrorCode::store_unavailable,
              "There is no directory " + paths.directory.string() + ": " +
                  (paths.store.is_embedded() ? "Run `cardvault init --data DIR` first."
                                             : "Create it for admin.sock and the lock file."));
}

/// Caches an embedded store only. Other processes may write to a shared store, so each read must go
/// to it.
std::unique_ptr<WalletStore> with_cache(std::unique_ptr<WalletStore> store,
                                        const DataPaths& paths) {
  if (!paths.store.is_embedded()) return store;
  return make_cached_store(std::move(store), kCacheBytes);
}

/// True if a wallet is sealed under the stored keyring.
Result<bool> is_used(WalletStore& store) {
  TRY_VALUE(const auto wallets, store.list_wallets({}, 1));
  return !wallets.items.empty() || !wallets.next.empty();
}

Result<std::vector<Share>> create_shared(OpenData& data, const Ceremony& ceremony,
                                         RandomSource& random, const KeepShares& keep_shares) {
  TRY_VALUE(const auto existing, data.store->load_vault_record(VaultRecord::keyring));
  TRY_VALUE(const auto used, is_used(*data.store));
  if (existing && used) {
    return fail(ErrorCode::internal,
                "The store holds wallets but no client. No vault was created. Use an empty store, "
                "or restore the whole vault from a backup.");
  }
  const SecretBytes root = SecretBytes::random(kSharedRootSize, random);
  auto shares = split_root(ceremony, root.expose(), random);
  TRY(keep_shares(ceremony, shares));
  ShamirSeal seal(ceremony, root.clone(), random);
  TRY(data.keeper->create(seal, existing ? existing->version : 0));
  return shares;
}

Result<OpenData> own_data(const DataPaths& paths, RandomSource& random, const Clock& clock) {
  TRY_VALUE(auto lock, own(paths));
  TRY_VALUE(auto store, open_store(paths.store, paths.directory));
  return assemble(paths, std::move(lock), with_cache(std::move(store), paths), random, clock);
}

}  // namespace

Status make_data_directory(const fs::path& directory) {
  std::error_code error;
  fs::create_directories(directory.parent_path(), error);
  if (::mkdir(directory.c_str(), S_IRWXU) == 0 || errno == EEXIST) return {};
  return fail(ErrorCode::store_unavailable,
              "Cannot create " + directory.string() + ": " + std::strerror(errno) + ".");
}

DataPaths DataPaths::in(const fs::path& directory, SealOptions seal, StoreOptions store) {
  if (seal.root_key_file.empty()) seal.root_key_file = directory / "root.key";
  return {directory, std::move(seal), std::move(store)};
}

Result<NewVault> initialize_data(const DataPaths& paths, RandomSource& random, const Clock& clock,
                                 const KeepShares& keep_shares) {
  TRY(make_data_directory(paths.directory));
  auto data = own_data(paths, random, clock);
  if (!data) return fail(std::move(data.error()));
  TRY_VALUE(const auto clients, data->store->load_vault_record(VaultRecord::clients));
  if (clients) {
    return fail(ErrorCode::internal,
                (paths.store.is_embedded() ? paths.directory.string() : std::string("The store")) +
                    " already holds a vault.");
  }
  NewVault vault;
  if (paths.seal.kind == SealKind::shamir) {
    TRY_VALUE(auto ceremony, Ceremony::make(paths.seal.threshold, paths.seal.shares,
                                            paths.seal.custodians, random));
    TRY_VALUE(auto shares, create_shared(*data, ceremony, random, keep_shares));
    vault.ceremony = std::move(ceremony);
    vault.shares = std::move(shares);
  } else {
    TRY(open_or_create_keyring(*data, paths, random));
  }
  const RecordSealer sealer(*data->keyring, random);
  ClientRegistry registry(*data->store, sealer, random);
  TRY_VALUE(auto added, registry.add("admin", {Permission::admin}, clock.now()));
  vault.client = std::move(added);
  return vault;
}

Result<OpenData> open_or_create_data(const DataPaths& paths, RandomSource& random,
                                     const Clock& clock) {
  TRY(make_data_directory(paths.directory));
  auto data = own_data(paths, random, clock);
  if (!data) return data;
  TRY(open_or_create_keyring(*data, paths, random));
  return data;
}

Result<OpenData> open_data(const DataPaths& paths, RandomSource& random, const Clock& clock,
                           OnSealed on_sealed) {
  if (!fs::is_directory(paths.directory)) return no_directory(paths);
  auto data = own_data(paths, random, clock);
  if (!data || on_sealed == OnSealed::never_unseal) return data;
  const auto opened = open_keyring_of(*data, paths, random);
  if (opened) return data;
  const bool waits =
      on_sealed == OnSealed::open_sealed && opened.error().code == KeyError::vault_sealed;
  if (!waits) return fail(opened.error());
  return data;
}

Result<bool> is_owned_by_another(const DataPaths& paths) {
  if (!fs::is_directory(paths.directory)) {
    return no_directory(paths);
  }
  TRY_VALUE(const auto lock, DirectoryLock::try_acquire(paths.directory));
  return !lock.has_value();
}

}  // namespace cardvault::api
