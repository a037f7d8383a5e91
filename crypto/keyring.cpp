#include "crypto/keyring.h"

#include <algorithm>
#include <cstdlib>
#include <string>

#include "crypto/aead.h"

namespace cardvault {
namespace {

// NIST SP 800-57 part 1, table 1 allows up to two years for keys that encrypt; one leaves a margin.
constexpr Seconds kDefaultCryptoperiod = std::chrono::hours{365 * 24};

std::unexpected<Error> unavailable(Purpose purpose, const std::string& why) {
  return fail(ErrorCode::key_unavailable, "A key that this needs is not available.",
              OperatorText{std::string(purpose_name(purpose)) + " key: " + why});
}

std::string_view state_name(KeyState state) {
  switch (state) {
    case KeyState::enabled:
      return "enabled";
    case KeyState::disabled:
      return "disabled";
    case KeyState::destroyed:
      return "destroyed";
  }
  return "unknown";
}

}  // namespace

std::string_view purpose_name(Purpose purpose) {
  // clang-format off
  switch (purpose) {
    case Purpose::wallet_records: return "wallet_records";
    case Purpose::pan_wrapping: return "pan_wrapping";
    case Purpose::pan_fingerprint: return "pan_fingerprint";
    case Purpose::subject_index: return "subject_index";
    case Purpose::token: return "token";
    case Purpose::pepper: return "pepper";
    case Purpose::audit: return "audit";
    case Purpose::request_digest: return "request_digest";
    case Purpose::receipt_signing: return "receipt_signing";
    case Purpose::channel_signing: return "channel_signing";
  }
  // clang-format on
  return "unknown";
}

Keyring Keyring::generate(Time now, RandomSource& random) {
  Keyring keyring;
  for (const Purpose purpose : kPurposes) keyring.add_fresh(purpose, now, random);
  return keyring;
}

bool Keyring::complete(Time now, RandomSource& random) {
  const std::size_t before = keys_.size();
  for (const Purpose purpose : kPurposes) {
    const auto serves = [purpose](const auto& entry) { return entry.second.purpose == purpose; };
    if (std::ranges::none_of(keys_, serves)) add_fresh(purpose, now, random);
  }
  return keys_.size() > before;
}

Result<const Key*> Keyring::current(Purpose purpose) const {
  const auto newest = current_.find(purpose);
  if (newest == current_.end()) return unavailable(purpose, "none is enabled");
  return &keys_.at(newest->second);
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
    return unavailable(purpose, name + " is " + std::string(state_name(key.state)));
  }
  return &key;
}

void Keyring::add_fresh(Purpose purpose, Time now, RandomSource& random) {
  const KeyId highest = keys_.empty() ? 0 : keys_.rbegin()->first;
  const Status added = add({.id = highest + 1,
                            .purpose = purpose,
                            .state = KeyState::enabled,
                            .created_at = now,
                            .cryptoperiod = kDefaultCryptoperiod,
                            .material = SecretBytes::random(kAeadKeySize, random)});
  if (!added) std::abort();
}

Status Keyring::add(Key key) {
  const auto refuse = [](std::string why) {
    return fail(ErrorCode::record_corrupt, "The keyring is damaged.", OperatorText{std::move(why)});
  };
  const std::size_t wanted = key.state == KeyState::destroyed ? 0 : kAeadKeySize;
  if (key.id == 0) return refuse("keyring: a key has the number 0");
  if (key.material.size() != wanted) return refuse("keyring: a key has a wrong length");
  const auto [at, fresh] = keys_.try_emplace(key.id, std::move(key));
  if (!fresh) return refuse("keyring: two keys have the same number");
  if (at->second.state == KeyState::enabled) {
    KeyId& newest = current_[at->second.purpose];
    newest = std::max(newest, at->first);
  }
  return {};
}

}  // namespace cardvault
