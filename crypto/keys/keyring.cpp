#include "crypto/keys/keyring.h"

#include <algorithm>
#include <cstdlib>
#include <ranges>
#include <string>
#include <utility>

#include "crypto/aead.h"
#include "crypto/error_codes.h"
#include "crypto/keys/error_codes.h"

namespace cardvault {
namespace {

// NIST SP 800-57 part 1, table 1 allows up to two years for keys that encrypt; one year leaves a
// margin.
constexpr Seconds kDefaultCryptoperiod = std::chrono::hours{365 * 24};

std::unexpected<Error> unavailable(Purpose purpose, const std::string& why) {
  return fail(CryptoError::key_unavailable, "A key that this operation needs is not available.",
              OperatorText{std::string(purpose_name(purpose)) + " key: " + why});
}

std::unexpected<Error> in_use(const std::string& why) {
  return fail(KeyError::key_in_use, why);
}

bool encrypts(const Key& key) {
  return key.state == KeyState::enabled && key.promoted_at.has_value();
}

}  // namespace

Keyring Keyring::generate(Time now, RandomSource& random) {
  Keyring keyring;
  for (const Purpose purpose : kPurposes) keyring.add_fresh(purpose, now, now, random);
  keyring.generation_ = 1;
  return keyring;
}

Keyring Keyring::clone() const {
  Keyring twin;
  twin.generation_ = generation_;
  for (const auto& [id, key] : keys_) {
    twin.keys_.emplace(id, Key{.id = id,
                               .purpose = key.purpose,
                               .state = key.state,
                               .created_at = key.created_at,
                               .cryptoperiod = key.cryptoperiod,
                               .promoted_at = key.promoted_at,
                               .destroyed_at = key.destroyed_at,
                               .material = key.material.clone()});
  }
  return twin;
}

bool Keyring::complete(Time now, RandomSource& random) {
  const std::size_t before = keys_.size();
  for (const Purpose purpose : kPurposes) {
    const auto serves = [purpose](const auto& entry) { return entry.second.purpose == purpose; };
    if (std::ranges::none_of(keys_, serves)) add_fresh(purpose, now, now, random);
  }
  const bool changed = keys_.size() > before;
  if (changed) ++generation_;
  return changed;
}

Result<KeyId> Keyring::add(Purpose purpose, Time now, RandomSource& random) {
  if (waiting_for(purpose) != nullptr) {
    return fail(
        KeyError::job_running,
        "A new key of this purpose already waits for its promotion. Wait until it is promoted.");
  }
  const auto of_purpose = [&](const auto& entry) { return entry.second.purpose == purpose; };
  if (static_cast<std::size_t>(std::ranges::count_if(keys_, of_purpose)) >= kMostKeysOfAPurpose) {
    return fail(ErrorCode::limit_reached, "The limit of " + std::to_string(kMostKeysOfAPurpose) +
                                              " keys per purpose is reached, destroyed keys "
                                              "included. This purpose cannot be rotated any more.");
  }
  ++generation_;
  return add_fresh(purpose, now, std::nullopt, random);
}

std::vector<KeyId> Keyring::waiting() const {
  std::vector<KeyId> ids;
  for (const auto& [id, key] : keys_) {
    if (key.state == KeyState::enabled && !key.promoted_at) ids.push_back(id);
  }
  return ids;
}

void Keyring::promote(KeyId id, Time now) {
  keys_.at(id).promoted_at = now;
  ++generation_;
}

Status Keyring::set_state(KeyId id, KeyState state, Time now) {
  const auto at = keys_.find(id);
  if (at == keys_.end()) return fail(KeyError::key_not_found, "The keyring has no such key.");
  Key& key = at->second;
  if (key.state == state) return {};
  if (key.state == KeyState::destroyed) return in_use("The key is destroyed. This is final.");
  if (state != KeyState::enabled) {
    if (&key == waiting_for(key.purpose)) {
      return in_use("The key waits for its promotion. Wait until it is promoted.");
    }
    const auto encrypting = current(key.purpose);
    if (encrypting && *encrypting == &key) {
      return in_use("The key is the current key of its purpose. Rotate the purpose first.");
    }
  }
  key.state = state;
  if (state == KeyState::destroyed) {
    key.material = {};
    key.destroyed_at = now;
  }
  ++generation_;
  return {};
}

Result<const Key*> Keyring::current(Purpose purpose) const {
  for (const auto& [id, key] : std::ranges::reverse_view(keys_)) {
    if (key.purpose == purpose && encrypts(key)) return &key;
  }
  return unavailable(purpose, "no key is enabled");
}

Result<const Key*> Keyring::find(Purpose purpose, KeyId id) const {
  const auto at = keys_.find(id);
  const std::string name = "number " + std::to_string(id);
  if (at == keys_.end()) return unavailable(purpose, name + " is unknown");
  const Key& key = at->second;
  if (key.purpose != purpose) {
    return unavailable(purpose, name + " is for " + std::string(purpose_name(key.purpose)));
  }
  if (key.state != KeyState::enabled) {
    return unavailable(purpose, name + " is " + std::string(key_state_name(key.state)));
  }
  return &key;
}

std::vector<const Key*> Keyring::usable(Purpose purpose) const {
  std::vector<const Key*> found;
  std::vector<const Key*> not_yet;
  for (const auto& [id, key] : std::ranges::reverse_view(keys_)) {
    if (key.purpose != purpose || key.state != KeyState::enabled) continue;
    (key.promoted_at ? found : not_yet).push_back(&key);
  }
  found.insert(found.end(), not_yet.begin(), not_yet.end());
  return found;
}

std::optional<Time> Keyring::retired_at(const Key& key) const {
  std::optional<Time> earliest;
  for (const auto& [id, newer] : keys_) {
    if (id <= key.id || newer.purpose != key.purpose || !newer.promoted_at) continue;
    earliest = std::min(earliest.value_or(*newer.promoted_at), *newer.promoted_at);
  }
  return earliest;
}

const Key* Keyring::waiting_for(Purpose purpose) const {
  for (const auto& [id, key] : keys_) {
    const bool of_purpose = key.purpose == purpose && key.state == KeyState::enabled;
    if (of_purpose && !key.promoted_at) return &key;
  }
  return nullptr;
}

KeyId Keyring::add_fresh(Purpose purpose, Time now, std::optional<Time> promoted_at,
                         RandomSource& random) {
  const KeyId id = (keys_.empty() ? 0 : keys_.rbegin()->first) + 1;
  const Status added = insert({.id = id,
                               .purpose = purpose,
                               .state = KeyState::enabled,
                               .created_at = now,
                               .cryptoperiod = kDefaultCryptoperiod,
                               .promoted_at = promoted_at,
                               .material = SecretBytes::random(kAeadKeySize, random)});
  if (!added) std::abort();
  return id;
}

Status Keyring::insert(Key key) {
  const auto refuse = [](std::string why) {
    return fail(ErrorCode::record_corrupt, "The keyring is damaged.", OperatorText{std::move(why)});
  };
  const std::size_t wanted = key.state == KeyState::destroyed ? 0 : kAeadKeySize;
  if (key.id == 0) return refuse("keyring: a key has the number 0");
  if (key.material.size() != wanted) return refuse("keyring: a key has a wrong length");
  const KeyId id = key.id;
  if (!keys_.try_emplace(id, std::move(key)).second) {
    return refuse("keyring: two keys have the same number");
  }
  return {};
}

}  // namespace cardvault
