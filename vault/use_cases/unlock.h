#pragma once

#include <optional>

#include "crypto/secret.h"
#include "vault/use_cases/manage_tokens.h"

namespace cardvault {

struct UnlockRequest {
  DeviceId device;
  UnlockMethod method = UnlockMethod::password;
  SecretText secret;
  std::optional<Channel> channel = {};
};

/// Opens the list view for a device with a password or gesture. The attempt is charged in a commit
/// of its own before the secret is evaluated, so a crash, a race or a full gate never gives a guess
/// away for nothing; success gives it back in a second commit. At most as many evaluations run as
/// the gate lets through. A verifier made with an older pepper key is made anew, with the secret at
/// hand, in the commit of a success; no token dies of that.
///
/// unlock_failed with attempts_left (0: locked from now on, or void when there is no retry_after);
/// credential_locked with retry_after and fallback; credential_void; credential_not_set;
/// device_not_found; wallet_not_found; wallet_frozen; busy (nothing was charged).
[[nodiscard]] Result<IssuedToken> unlock(const Vault& vault, const WalletId& wallet,
                                         const Actor& actor, const UnlockRequest& request);

}  // namespace cardvault
