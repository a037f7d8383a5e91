#pragma once

#include "crypto/secret.h"
#include "vault/access/access_vault.h"
#include "vault/change/wallet_change.h"

namespace cardvault {

/// The form of a secret that is verified: a password as it is, a gesture as its nodes.
/// invalid_gesture.
[[nodiscard]] Result<SecretText> normalized_secret(UnlockMethod method, const SecretText& secret);

/// Whether a credential may be set to this. weak_credential, invalid_gesture, invalid_request.
[[nodiscard]] Status check_new_secret(UnlockMethod method, const SecretText& secret);

/// Sets or replaces a credential and kills all tokens. wallet_not_found, weak_credential,
/// invalid_gesture, invalid_request, busy.
[[nodiscard]] Result<Credential> set_credential(const AccessVault& vault, const WalletId& wallet,
                                                const Actor& actor, UnlockMethod method,
                                                const SecretText& secret);

/// Kills all tokens. wallet_not_found, credential_not_set.
[[nodiscard]] Status remove_credential(const Vault& vault, const WalletId& wallet,
                                       const Actor& actor, UnlockMethod method);

}  // namespace cardvault
