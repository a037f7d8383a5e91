#pragma once

#include "crypto/secret.h"
#include "vault/access/access_vault.h"
#include "vault/change/wallet_change.h"

namespace cardvault {

/// Returns the form of a secret that is hashed: a password unchanged, a gesture as its nodes.
/// Errors: invalid_gesture.
[[nodiscard]] Result<SecretText> normalized_secret(UnlockMethod method, const SecretText& secret);

/// Checks that a credential may be set to this secret. Errors: weak_credential, invalid_gesture,
/// invalid_request.
[[nodiscard]] Status check_new_secret(UnlockMethod method, const SecretText& secret);

/// Sets or replaces a credential and revokes all tokens of the wallet. Errors: wallet_not_found,
/// wallet_closed, weak_credential, invalid_gesture, invalid_request, busy.
[[nodiscard]] Result<Credential> set_credential(const AccessVault& vault, const WalletId& wallet,
                                                const Actor& actor, UnlockMethod method,
                                                const SecretText& secret);

/// Removes a credential and revokes all tokens of the wallet. Errors: wallet_not_found,
/// credential_not_set.
[[nodiscard]] Status remove_credential(const Vault& vault, const WalletId& wallet,
                                       const Actor& actor, UnlockMethod method);

}  // namespace cardvault
