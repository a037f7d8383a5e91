#include <utility>

#include "base/log.h"
#include "crypto/keys/cryptoperiod.h"
#include "crypto/keys/life/keyring_keeper.h"

// Changes of the stored keyring. Each change starts from the keyring that the store holds at that
// moment.

namespace cardvault {

/// A compare-and-swap loop. Each round applies the change to the keyring that the store holds now,
/// so no change of another process is lost. If another process saves first, the save fails with
/// write_conflict and the next round starts from the newer keyring. kMostRounds bounds the loop.
///
/// `apply` returns true if it changed something; the keyring is then saved under `next`.
template <class Change>
Status KeyringKeeper::change(const KeyringKey& next, Change apply) {
  for (int round = 0; round < kMostRounds; ++round) {
    TRY_VALUE(const auto loaded, load());
    TRY_VALUE(auto keyring, key_->open(loaded.record.bytes()));
    TRY(mark_.check({keyring.generation(), key_->seal_version()}));
    const Result<bool> applied = apply(keyring);
    if (!applied) return fail(applied.error());
    auto saved = *applied ? save(keyring, next, loaded.version) : Status();
    if (saved) {
      show(std::move(keyring), next, loaded.version + (*applied ? 1 : 0), loaded.asked);
    }
    if (saved || saved.error().code != ErrorCode::write_conflict) return saved;
  }
  return fail(too_many_changes());
}

Result<KeyId> KeyringKeeper::rotate(Purpose purpose) {
  const std::scoped_lock lock(mutex_);
  if (!key_) return fail(vault_sealed());
  KeyId id = 0;
  const auto changed = change(*key_, [&](Keyring& keyring) -> Result<bool> {
    // A key that waits here was added while other processes shared the store.
    if (!timing_) (void)promote_due(keyring);
    TRY_VALUE(const auto added, keyring.add(purpose, clock_.now(), random_));
    id = added;
    if (!timing_) keyring.promote(id, clock_.now());
    return true;
  });
  if (!changed) return fail(changed.error());
  return id;
}

Status KeyringKeeper::renew_due() {
  const std::scoped_lock lock(mutex_);
  return renew_now();
}

Status KeyringKeeper::renew_now() {
  if (!key_) return fail(vault_sealed());
  std::vector<KeyId> ids;
  TRY(change(*key_, [&](Keyring& keyring) -> Result<bool> {
    const auto before = keyring.generation();
    ids.clear();
    if (!timing_) (void)promote_due(keyring);
    for (const Purpose purpose : kPurposes) {
      if (!seals_or_signs(purpose) || !is_due(keyring, purpose, clock_.now())) continue;
      TRY_VALUE(const auto added, keyring.add(purpose, clock_.now(), random_));
      ids.push_back(added);
      if (!timing_) keyring.promote(added, clock_.now());
    }
    return keyring.generation() != before;
  }));
  const auto keyring = live_.snapshot();
  for (const KeyId id : ids) {
    log::write(log::Level::info, "key_renewed",
               {{"purpose", purpose_name(keyring->keys().at(id).purpose)},
                {"key", std::int64_t{id}},
                {"waits", timing_.has_value()}});
  }
  return {};
}

Status KeyringKeeper::set_state(KeyId id, KeyState state) {
  const std::scoped_lock lock(mutex_);
  if (!key_) return fail(vault_sealed());
  return change(*key_, [&](Keyring& keyring) -> Result<bool> {
    const auto before = keyring.generation();
    TRY(keyring.set_state(id, state, clock_.now()));
    return keyring.generation() != before;
  });
}

Result<std::uint32_t> KeyringKeeper::next_seal_version(Seal* present) const {
  const std::scoped_lock lock(mutex_);
  if (!key_) return fail(vault_sealed());
  TRY_VALUE(const auto loaded, load());
  // The head of the stored keyring is trusted only after this process's key has opened the record.
  TRY(key_->open(loaded.record.bytes()));
  TRY_VALUE(const auto stored, read_seal_head(loaded.record.bytes()));
  const bool opens = present != nullptr && present->unwrap(stored.wrapped).has_value();
  if (stored.kind == SealKind::shamir && !opens) {
    return fail(share_refused("the present custodians' shares are needed"));
  }
  return key_->seal_version() + 1;
}

bool KeyringKeeper::show_if_stored_under(const KeyringKey& key) {
  const auto loaded = load();
  if (!loaded) return false;
  auto keyring = key.open(loaded->record.bytes());
  if (!keyring) return false;
  show(std::move(*keyring), key, loaded->version, loaded->asked);
  return true;
}

Status KeyringKeeper::reseal(Seal& seal, Seal* present) {
  TRY_VALUE(const auto seal_version, next_seal_version(present));
  // Without the lock: the holder of the root key may take long to answer.
  TRY_VALUE(auto next, KeyringKey::make(seal, seal_version, random_));
  const std::scoped_lock lock(mutex_);
  if (!key_) return fail(vault_sealed());
  if (key_->seal_version() + 1 != seal_version) return fail(too_many_changes());
  auto changed = change(next, [](Keyring&) -> Result<bool> { return true; });
  // A failed save may have reached the store nevertheless.
  if (changed || show_if_stored_under(next)) key_ = std::move(next);
  return changed;
}

}  // namespace cardvault
