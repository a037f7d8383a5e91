#include "crypto/keys/live_keyring.h"

#include <string>
#include <utility>

#include "crypto/error_codes.h"
#include "crypto/keys/cryptoperiod.h"
#include "crypto/keys/error_codes.h"

namespace cardvault {
namespace {

/// An ended key stays usable while its successor waits: see docs/decisions/0030.
Status require_usable(const Keyring& keyring, const Key& key, Time now) {
  if (!has_ended(key, now) || has_successor(keyring, key.purpose)) return {};
  const std::string name(purpose_name(key.purpose));
  return fail(
      KeyError::key_expired,
      "A key that this operation needs is past its cryptoperiod. An operator must rotate it.",
      OperatorText{name + " key " + std::to_string(key.id) +
                   ": its cryptoperiod has ended; run: cardvault key rotate " + name});
}

}  // namespace

Error vault_sealed() {
  return make_error(KeyError::vault_sealed,
                    "The vault is sealed. Open it in a running server with `cardvault unseal`.");
}

LiveKeyring::LiveKeyring(Keyring keyring, const Clock& clock)
    : clock_(clock), keyring_(std::make_shared<const Keyring>(std::move(keyring))) {}

Result<KeyHandle> LiveKeyring::current(Purpose purpose) const {
  auto keyring = trusted();
  if (!keyring) return fail(std::move(keyring.error()));
  auto key = (*keyring)->current(purpose);
  if (!key) return fail(key.error());
  if (has_ended(**key, clock_.now())) {
    // Another process may have renewed the key; otherwise this call renews it.
    look_again_();
    keyring = trusted();
    if (!keyring) return fail(std::move(keyring.error()));
    key = (*keyring)->current(purpose);
    if (!key) return fail(key.error());
  }
  TRY(require_usable(**keyring, **key, clock_.now()));
  return KeyHandle(std::move(*keyring), *key);
}

Result<KeyHandle> LiveKeyring::for_signing(Purpose purpose, KeyId id) const {
  TRY_VALUE(auto keyring, trusted());
  TRY_VALUE(const auto key, keyring->find(purpose, id));
  TRY(require_usable(*keyring, *key, clock_.now()));
  return KeyHandle(std::move(keyring), key);
}

Result<KeyHandle> LiveKeyring::find(Purpose purpose, KeyId id) const {
  const auto keyring = snapshot();
  if (keyring && !keyring->keys().contains(id)) look_again_();
  return find_cached(purpose, id);
}

Result<KeyHandle> LiveKeyring::find_cached(Purpose purpose, KeyId id) const {
  auto keyring = snapshot();
  if (!keyring) return fail(vault_sealed());
  TRY_VALUE(const auto key, keyring->find(purpose, id));
  return KeyHandle(std::move(keyring), key);
}

Result<std::vector<KeyHandle>> LiveKeyring::usable(Purpose purpose) const {
  TRY_VALUE(const auto keyring, trusted());
  std::vector<KeyHandle> keys;
  for (const Key* key : keyring->usable(purpose)) keys.emplace_back(keyring, key);
  if (!keys.empty()) return keys;
  return fail(keyring->current(purpose).error());
}

Result<std::shared_ptr<const Keyring>> LiveKeyring::trusted() const {
  if (!is_open()) return fail(vault_sealed());
  if (steady_() >= trusted_until_.load()) look_again_();
  auto keyring = snapshot();
  if (!keyring) return fail(vault_sealed());
  if (steady_() < trusted_until_.load()) return keyring;
  return fail(
      CryptoError::key_unavailable, "The keys cannot be confirmed now. Try again.",
      OperatorText{
          "keyring: the store was not reachable for too long, so the keys may be outdated"});
}

Result<std::shared_ptr<const Keyring>> LiveKeyring::opened() const {
  auto keyring = snapshot();
  if (!keyring) return fail(vault_sealed());
  return keyring;
}

std::shared_ptr<const Keyring> LiveKeyring::snapshot() const {
  const std::scoped_lock lock(mutex_);
  return keyring_;
}

void LiveKeyring::install(Keyring keyring) {
  auto fresh = std::make_shared<const Keyring>(std::move(keyring));
  const std::scoped_lock lock(mutex_);
  if (keyring_ && fresh->generation() < keyring_->generation()) return;
  keyring_.swap(fresh);
}

void LiveKeyring::set_lease(SteadyClock::time_point end) {
  trusted_until_ = end;
}

void LiveKeyring::close() {
  std::shared_ptr<const Keyring> closed;
  const std::scoped_lock lock(mutex_);
  keyring_.swap(closed);
}

void LiveKeyring::look_again_with(std::function<void()> look) {
  look_again_ = std::move(look);
}

}  // namespace cardvault
