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
  /// Called when a wrong try has locked or voided the credential, after the commit that did.
  std::function<void()> on_lockout = {};
};

/// Opens the list view for a device with a password or gesture, in two commits. The first begins a
/// try: its charge is in flight before the secret is evaluated. The second ends it: wrong makes the
/// charge a failure, right forgets it and the failures before it. The caller hears a verdict only
/// after that commit, so a verdict that is not kept tells nothing to anybody, and five wrong
/// answers lock under any interleaving and crash (docs/decisions/0003). A try that ends otherwise
/// gives its charge back, at once or when its lease ends: outages lock nobody.
///
/// At most as many evaluations run as the gate lets through. A verifier made with an older pepper
/// key is made anew, with the secret at hand, in the commit of a success; no token dies of that.
///
/// unlock_failed with attempts_left (0: locked from now on, or void when there is no retry_after);
/// credential_locked with retry_after and fallback; credential_void; credential_not_set;
/// device_not_found; wallet_not_found; wallet_frozen; busy with retry_after: the gate is full, the
/// tries that are left are in flight, or the charge had gone when the evaluation ended. None of
/// them, nor store_unavailable and the like, costs a try, only unlock_failed does.
[[nodiscard]] Result<IssuedToken> unlock(const AccessVault& vault, const WalletId& wallet,
                                         const Actor& actor, const UnlockRequest& request);

}  // namespace cardvault
