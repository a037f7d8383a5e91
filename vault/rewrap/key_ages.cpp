#include "vault/rewrap/key_ages.h"

namespace cardvault {

Result<KeyAges> KeyAges::of(const LiveKeyring& keyring) {
  TRY(keyring.usable(Purpose::wallet_records));
  TRY_VALUE(const auto opened, keyring.opened());
  KeyAges ages;
  for (const Purpose purpose : kPurposes) {
    ages.ages_.at(static_cast<std::size_t>(purpose)) = ages_of(*opened, purpose);
  }
  return ages;
}

KeyAges::Ages KeyAges::ages_of(const Keyring& keyring, Purpose purpose) {
  Ages ages;
  if (const auto current = keyring.current(purpose)) ages.current = (*current)->id;
  int not_destroyed = 0;
  for (const auto& [id, key] : keyring.keys()) {
    if (key.purpose != purpose) continue;
    if (ages.first == 0) ages.first = id;
    if (key.state == KeyState::destroyed) continue;
    ages.only = ++not_destroyed == 1 ? id : 0;
    if (key.state == KeyState::enabled && id < ages.current) ages.has_older = true;
  }
  return ages;
}

KeyId KeyAges::maker(Purpose purpose, KeyId noted) const {
  return noted == 0 ? at(purpose).first : noted;
}

bool KeyAges::is_older(Purpose purpose, KeyId noted) const {
  return maker(purpose, noted) < at(purpose).current;
}

}  // namespace cardvault
