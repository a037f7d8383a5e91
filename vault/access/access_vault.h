#pragma once

#include "crypto/password_hash.h"
#include "crypto/verification_gate.h"
#include "vault/change/vault.h"

namespace cardvault {

/// A vault that can set and check passwords and gestures.
struct AccessVault : Vault {
  VerificationGate& gate;
  PasswordCost password_cost = {};
};

}  // namespace cardvault
