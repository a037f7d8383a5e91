#include "api/data_directory.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "api/stored_keyring.h"
#include "crypto/seals/key_file_seal.h"
#include "vault/store/cached_store.h"

namespace cardvault::api {
namespace {

namespace fs = std::filesystem;

// Some eight thousand wallets of five cards; what a busy hour asks for again and again.
constexpr std::size_t kCacheBytes = std::size_t{16} << 20U;

Result<DirectoryLock> own(const DataPaths& paths) {
  auto lock = DirectoryLock::try_acquire(paths.directory);
  if (!lock) return fail(lock.error());
  if (*lock) return std::move(**lock);
  return fail(ErrorCode::internal, "Another process owns " + paths.directory.string() + ".");
}

Result<std::unique_ptr<KeyFileSeal>> open_or_create_key(const fs::path& file,
                                                        RandomSource& random) {
  if (!fs::exists(file)) {
    if (const auto created = KeyFileSeal::create(file, random); !created) {
      return fail(created.error());
    }
  }
  return KeyFileSeal::open(file, random);
}

/// A root key is made only where there is no keyring that another one would have sealed.
Result<Keyring> open_or_create_keyring(WalletStore& store, const DataPaths& paths,
                                       RandomSource& random, Time now) {
  const auto existing = store.load_vault_record(VaultRecord::keyring);
  if (!existing) return fail(existing.error());
  const auto seal = *existing ? KeyFileSeal::open(paths.root_key, random)
                              : open_or_create_key(paths.root_key, random);
  if (!seal) return fail(seal.error());
  if (!*existing) {
    const auto created = create_keyring(store, **seal, random, now);
    if (!created) return fail(created.error());
  }
  return load_keyring(store, **seal, random, now);
}

std::unexpected<Error> no_directory(const DataPaths& paths) {
  return fail(ErrorCode::store_unavailable,
              "There is no directory " + paths.directory.string() + ": " +
                  (paths.store.is_embedded() ? "run `cardvault init --data DIR` first."
                                             : "create it, for admin.sock and the lock."));
}

/// Unless others may write: then everything is read anew each time.
std::unique_ptr<WalletStore> with_cache(std::unique_ptr<WalletStore> store,
                                        const DataPaths& paths) {
  if (!paths.store.is_embedded()) return store;
  return make_cached_store(std::move(store), kCacheBytes);
}

}  // namespace

Status make_data_directory(const fs::path& directory) {
  std::error_code error;
  fs::create_directories(directory.parent_path(), error);
  if (::mkdir(directory.c_str(), S_IRWXU) == 0 || errno == EEXIST) return {};
  return fail(ErrorCode::store_unavailable,
              "Cannot create " + directory.string() + ": " + std::strerror(errno) + ".");
}

DataPaths DataPaths::in(const fs::path& directory, const std::string& root_key_file,
                        StoreOptions store) {
  return {directory, root_key_file.empty() ? directory / "root.key" : fs::path(root_key_file),
          std::move(store)};
}

Result<AddedClient> initialize_data(const DataPaths& paths, RandomSource& random, Time now) {
  if (const auto made = make_data_directory(paths.directory); !made) return fail(made.error());
  const auto lock = own(paths);
  if (!lock) return fail(lock.error());
  auto store = open_store(paths.store, paths.directory);
  if (!store) return fail(store.error());
  const auto clients = (*store)->load_vault_record(VaultRecord::clients);
  if (!clients) return fail(clients.error());
  if (*clients) {
    return fail(ErrorCode::internal,
                (paths.store.is_embedded() ? paths.directory.string() : std::string("The store")) +
                    " holds a vault already.");
  }
  const auto keyring = open_or_create_keyring(**store, paths, random, now);
  if (!keyring) return fail(keyring.error());
  const RecordSealer sealer(*keyring, random);
  ClientRegistry registry(**store, sealer, random);
  return registry.add("admin", *PermissionSet::parse({"admin"}), now);
}

Result<OpenData> open_or_create_data(const DataPaths& paths, RandomSource& random, Time now) {
  if (const auto made = make_data_directory(paths.directory); !made) return fail(made.error());
  auto lock = own(paths);
  if (!lock) return fail(lock.error());
  auto store = open_store(paths.store, paths.directory);
  if (!store) return fail(store.error());
  auto keyring = open_or_create_keyring(**store, paths, random, now);
  if (!keyring) return fail(keyring.error());
  return OpenData{std::move(*lock), with_cache(std::move(*store), paths), std::move(*keyring)};
}

Result<OpenData> open_data(const DataPaths& paths, RandomSource& random, Time now) {
  if (!fs::is_directory(paths.directory)) {
    return no_directory(paths);
  }
  auto lock = own(paths);
  if (!lock) return fail(lock.error());
  const auto seal = KeyFileSeal::open(paths.root_key, random);
  if (!seal) return fail(seal.error());
  auto store = open_store(paths.store, paths.directory);
  if (!store) return fail(store.error());
  auto keyring = load_keyring(**store, **seal, random, now);
  if (!keyring) return fail(keyring.error());
  return OpenData{std::move(*lock), with_cache(std::move(*store), paths), std::move(*keyring)};
}

Result<bool> is_owned_by_another(const DataPaths& paths) {
  if (!fs::is_directory(paths.directory)) {
    return no_directory(paths);
  }
  const auto lock = DirectoryLock::try_acquire(paths.directory);
  if (!lock) return fail(lock.error());
  return !lock->has_value();
}

}  // namespace cardvault::api
