#pragma once

#include <string>

#include "base/ids.h"
#include "base/time.h"
#include "crypto/keys/live_keyring.h"
#include "crypto/keys/record_seal.h"
#include "vault/storage/wallet_store.h"

namespace cardvault {

/// Everything from outside that a change of a wallet needs. It is passed in, so the vault also runs
/// inside a simulation. This is a view: the owner (api/app/serve or a test) must outlive it.
/// Threads may share it. A room that needs more derives its own view from this one.
struct Vault {
  WalletStore& store;
  const LiveKeyring& keyring;
  const RecordSealer& sealer;
  const Clock& clock;
  RandomSource& random;
};

/// Requester of a change, as the audit log names it: "client:cli_...", "device:dev_...",
/// "channel:alipay", "worker", "housekeeping", "operator" or "seed".
struct Actor {
  std::string name;
};

}  // namespace cardvault
