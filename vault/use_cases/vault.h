#pragma once

#include <string>

#include "base/ids.h"
#include "base/time.h"
#include "crypto/live_keyring.h"
#include "crypto/password_hash.h"
#include "crypto/record_seal.h"
#include "crypto/verification_gate.h"
#include "vault/policy/bank_catalogue.h"
#include "vault/policy/channel_directory.h"
#include "vault/policy/working_days.h"
#include "vault/ports/wallet_store.h"

namespace cardvault {

/// Everything a use case needs from outside, passed in so that the vault also runs inside a
/// simulation. A view: the owner (api/main or a test) outlives it. Safe to share between threads.
struct Vault {
  WalletStore& store;
  const LiveKeyring& keyring;
  const RecordSealer& sealer;
  const Clock& clock;
  RandomSource& random;
  VerificationGate& gate;
  const BankCatalogue& banks;
  const ChannelDirectory& channels;
  const DeadlineRule& deadlines;
  PasswordCost password_cost = {};
};

/// Who asked for a change, as the audit log names them: "client:cli_...", "device:dev_...",
/// "channel:alipay", "worker", "housekeeping", "operator" or "seed".
struct Actor {
  std::string name;
};

}  // namespace cardvault
