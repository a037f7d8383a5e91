#pragma once

#include <string>

#include "base/ids.h"
#include "base/time.h"
#include "crypto/keys/live_keyring.h"
#include "crypto/keys/record_seal.h"
#include "vault/storage/wallet_store.h"

namespace cardvault {

/// What every change of a wallet needs from outside, passed in so that the vault also runs inside a
/// simulation. A view: the owner (api/app/serve or a test) outlives it. Safe to share between
/// threads. Rooms that need more have a view of their own that is one of these, too.
struct Vault {
  WalletStore& store;
  const LiveKeyring& keyring;
  const RecordSealer& sealer;
  const Clock& clock;
  RandomSource& random;
};

/// Who asked for a change, as the audit log names them: "client:cli_...", "device:dev_...",
/// "channel:alipay", "worker", "housekeeping", "operator" or "seed".
struct Actor {
  std::string name;
};

}  // namespace cardvault
