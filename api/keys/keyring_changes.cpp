#include <utility>

#include "api/keys/keyring_keeper.h"
#include "base/log.h"
#include "crypto/cryptoperiod.h"

// What changes the stored keyring: each change is made on what the store holds at that moment.

namespace cardvault::api {

/// `apply` is true when it changed something that is to be saved, under `next`.
template <class Change>
Status KeyringKeeper::change(const KeyringKey& next, Change apply) {
  for (int round = 0; round < kMostRounds; ++round) {
    const auto loaded = load();
    if (!loaded) return fail(loaded.error());
    auto keyring = key_->open(loaded->record.bytes());
    if (!keyring) return fail(std::move(keyring.error()));
    const auto fresh = mark_.check({keyring->generation(), key_->sealing()});
    if (!fresh) return fresh;
    const Result<bool> applied = apply(*keyring);
    if (!applied) return fail(applied.error());
    auto saved = *applied ? save(*keyring, next, loaded->version) : Status();
    if (saved) {
      show(std::move(*keyring), next, loaded->version + (*applied ? 1 : 0), loaded->asked);
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
    // One that waits here was left waiting by processes that shared the store before.
    if (!timing_) (void)promote_due(keyring);
    const auto added = keyring.add(purpose, clock_.now(), random_);
    if (!added) return fail(added.error());
    id = *added;
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
  const auto changed = change(*key_, [&](Keyring& keyring) -> Result<bool> {
    const auto before = keyring.generation();
    ids.clear();
    if (!timing_) (void)promote_due(keyring);
    for (const Purpose purpose : kPurposes) {
      if (!seals_or_signs(purpose) || !is_due(keyring, purpose, clock_.now())) continue;
      const auto added = keyring.add(purpose, clock_.now(), random_);
      if (!added) return fail(added.error());
      ids.push_back(*added);
      if (!timing_) keyring.promote(*added, clock_.now());
    }
    return keyring.generation() != before;
  });
  if (!changed) return changed;
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
    const auto set = keyring.set_state(id, state, clock_.now());
    if (!set) return fail(set.error());
    return keyring.generation() != before;
  });
}

Result<std::uint32_t> KeyringKeeper::next_sealing(Seal* present) const {
  const std::scoped_lock lock(mutex_);
  if (!key_) return fail(vault_sealed());
  const auto loaded = load();
  if (!loaded) return fail(loaded.error());
  // What the store says of its seal is believed once the key of this process has opened it.
  if (const auto whole = key_->open(loaded->record.bytes()); !whole) return fail(whole.error());
  const auto stored = read_seal_head(loaded->record.bytes());
  if (!stored) return fail(stored.error());
  const bool opens = present != nullptr && present->unwrap(stored->wrapped).has_value();
  if (stored->kind == SealKind::shamir && !opens) {
    return fail(share_refused("the present custodians' shares are needed"));
  }
  return key_->sealing() + 1;
}

bool KeyringKeeper::show_if_stored_under(const KeyringKey& key) {
  const auto loaded = load();
  if (!loaded) return false;
  auto keyring = key.open(loaded->record.bytes());
  if (!keyring) return false;
  show(std::move(*keyring), key, loaded->version, loaded->asked);
  return true;
}

Status KeyringKeeper::seal_anew(Seal& seal, Seal* present) {
  const auto sealing = next_sealing(present);
  if (!sealing) return fail(sealing.error());
  // Not under the lock: whoever holds the root key may take long to answer.
  auto next = KeyringKey::make(seal, *sealing, random_);
  if (!next) return fail(std::move(next.error()));
  const std::scoped_lock lock(mutex_);
  if (!key_) return fail(vault_sealed());
  if (key_->sealing() + 1 != *sealing) return fail(too_many_changes());
  auto changed = change(*next, [](Keyring&) -> Result<bool> { return true; });
  // A save that failed may have been done all the same.
  if (changed || show_if_stored_under(*next)) key_ = std::move(*next);
  return changed;
}

}  // namespace cardvault::api
