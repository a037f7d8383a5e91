#include "api/stored_keyring.h"

#include <cstdint>
#include <utility>

namespace cardvault::api {
namespace {

// Nobody but the owner of the data directory writes a keyring, so even a second try is rare.
constexpr int kMostTries = 3;

struct StoredKeyring {
  std::uint64_t version = 0;
  Keyring keyring;
};

Result<StoredKeyring> load_as_it_is(WalletStore& store, Seal& seal) {
  const auto stored = store.load_vault_record(VaultRecord::keyring);
  if (!stored) return fail(stored.error());
  if (!*stored) {
    return fail(ErrorCode::key_unavailable,
                "There is no vault here yet: run `cardvault init --data DIR` first.");
  }
  const auto plain = seal.unprotect((*stored)->record.bytes());
  if (!plain) return fail(plain.error());
  auto keyring = Keyring::parse(plain->expose());
  if (!keyring) return fail(keyring.error());
  return StoredKeyring{(*stored)->version, std::move(*keyring)};
}

/// False when the store has another version than `version` by now.
Result<bool> save(WalletStore& store, Seal& seal, const Keyring& keyring, std::uint64_t version) {
  const auto sealed = seal.protect(keyring.serialize());
  if (!sealed) return fail(sealed.error());
  const auto saved =
      store.save_vault_record(VaultRecord::keyring, version, SealedRecord::from_storage(*sealed));
  if (!saved) return fail(saved.error());
  return *saved == CommitOutcome::committed;
}

}  // namespace

Status create_keyring(WalletStore& store, Seal& seal, RandomSource& random, Time now) {
  const auto saved = save(store, seal, Keyring::generate(now, random), 0);
  if (!saved) return fail(saved.error());
  if (*saved) return {};
  return fail(ErrorCode::write_conflict, "Another process initialized this vault just now.");
}

Result<Keyring> load_keyring(WalletStore& store, Seal& seal, RandomSource& random, Time now) {
  for (int i = 0; i < kMostTries; ++i) {
    auto stored = load_as_it_is(store, seal);
    if (!stored) return fail(stored.error());
    if (!stored->keyring.complete(now, random)) return std::move(stored->keyring);
    const auto saved = save(store, seal, stored->keyring, stored->version);
    if (!saved) return fail(saved.error());
    if (*saved) return std::move(stored->keyring);
  }
  return fail(ErrorCode::write_conflict, "Another process keeps changing the keyring.");
}

}  // namespace cardvault::api
