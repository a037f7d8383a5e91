#pragma once

#include "base/random.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/keyring.h"
#include "crypto/seal.h"
#include "vault/ports/wallet_store.h"

namespace cardvault::api {

/// Generates the vault's keyring and saves it under the seal. write_conflict when the store has one
/// already; the errors of Seal::protect and of the store.
[[nodiscard]] Status create_keyring(WalletStore& store, Seal& seal, RandomSource& random, Time now);

/// The vault's keyring, with a key for every purpose: one that an older version made is completed
/// and saved first, so no key is used that a crash could lose. When another process saves one
/// meanwhile, that one is loaded. key_unavailable when there is none, record_corrupt when it is
/// damaged, write_conflict when others keep changing it; the errors of the seal and of the store.
[[nodiscard]] Result<Keyring> load_keyring(WalletStore& store, Seal& seal, RandomSource& random,
                                           Time now);

}  // namespace cardvault::api
