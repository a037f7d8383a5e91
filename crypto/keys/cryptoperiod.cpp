#include "crypto/keys/cryptoperiod.h"

#include <algorithm>

#include "crypto/keys/error_codes.h"

namespace cardvault {
namespace {

// NIST SP 800-57 part 1, 5.3.4: the new key must exist before the old one ends. A tenth of a year
// leaves a month to remove whatever stops a server from making one.
constexpr int kShareLeft = 10;
// Larger than any expected difference between the clocks of servers that share a store.
constexpr Seconds kClocksDiffer = std::chrono::hours{24};

}  // namespace

bool seals_or_signs(Purpose purpose) {
  switch (purpose) {
    case Purpose::wallet_records:
    case Purpose::pan_wrapping:
    case Purpose::token:
    case Purpose::audit:
    case Purpose::receipt_signing:
    case Purpose::channel_signing:
      return true;
    case Purpose::pan_fingerprint:
    case Purpose::subject_index:
    case Purpose::pepper:
    case Purpose::request_digest:
      return false;
  }
  return true;
}

bool has_ended(const Key& key, Time now) {
  return seals_or_signs(key.purpose) && now >= key.expires_at();
}

bool has_successor(const Keyring& keyring, Purpose purpose) {
  return std::ranges::any_of(keyring.waiting(),
                             [&](KeyId id) { return keyring.keys().at(id).purpose == purpose; });
}

bool is_due(const Keyring& keyring, Purpose purpose, Time now) {
  const auto key = keyring.current(purpose);
  if (!key || has_successor(keyring, purpose)) return false;
  const Time due = (*key)->expires_at() - (*key)->cryptoperiod / kShareLeft;
  return now >= due || now + kClocksDiffer < (*key)->promoted_at;
}

Result<std::vector<KeyHandle>> signers(const LiveKeyring& live, Purpose purpose, Time now,
                                       std::size_t most, std::optional<KeyId> also) {
  TRY_VALUE(const auto first, live.current(purpose));
  TRY_VALUE(const auto keyring, live.opened());
  std::vector<KeyHandle> keys{first};
  const auto add = [&](const KeyHandle& key) {
    const bool known =
        std::ranges::any_of(keys, [&](const auto& one) { return one->id == key->id; });
    if (!known && !has_ended(*key, now)) keys.push_back(key);
  };
  if (also) {
    const auto chosen = live.for_signing(purpose, *also);
    if (!chosen && chosen.error().code != KeyError::key_expired) return fail(chosen.error());
    if (chosen) add(*chosen);
  }
  for (const Key* key : keyring->usable(purpose)) {
    if (key->promoted_at && keys.size() < most) add(KeyHandle(keyring, key));
  }
  return keys;
}

}  // namespace cardvault
