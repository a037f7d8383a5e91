#pragma once

#include <functional>
#include <optional>

#include "crypto/secret.h"
#include "vault/access/access_vault.h"
#include "vault/access/manage_tokens.h"

namespace cardvault {

struct UnlockRequest {
  DeviceId device;
  UnlockMethod method = UnlockMethod::password;
  SecretText secret;
  std::optional<Channel> channel = {};
  /// Called after a wrong attempt has locked or voided the credential and that change is committed.
  std::function<void()> on_lockout = {};
};

/// Opens the list view for a device with a password or gesture. It makes two commits:
///
/// 1. The first commit begins an attempt. The attempt's charge is in flight before the secret is
/// evaluated.
/// 2. The second commit ends it. A wrong secret turns the charge into a failure. A right secret
/// removes the charge and all earlier failures.
///
/// The caller gets a verdict only after the second commit, so a verdict that was not stored is
/// never revealed. Five wrong answers therefore lock the credential under any interleaving and any
/// crash (docs/decisions/0003). If an attempt ends in another way, its charge is returned,
/// immediately or when its lease expires. So an outage never locks a user out.
///
/// The gate limits the number of concurrent evaluations. If an older pepper key made the verifier,
/// a successful unlock makes a new one from the secret in the same commit; no token is revoked.
///
/// Errors: unlock_failed with attempts_left (0: the credential is now locked, or void if there is
/// no retry_after); credential_locked with retry_after and fallback; credential_void;
/// credential_not_set; device_not_found; wallet_not_found; wallet_frozen; wallet_closed; busy with
/// retry_after. busy means one of three things: the gate is full, all remaining attempts are in
/// flight, or the charge was gone when the evaluation ended. Only unlock_failed costs an attempt;
/// the other errors, including store_unavailable and similar ones, do not.
[[nodiscard]] Result<IssuedToken> unlock(const AccessVault& vault, const WalletId& wallet,
                                         const Actor& actor, const UnlockRequest& request);

}  // namespace cardvault
