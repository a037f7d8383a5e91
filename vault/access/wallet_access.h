#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "vault/wallet/wallet.h"

// Devices, credentials and revoked tokens of one wallet. Each function decides and changes, or
// returns an error and changes nothing.

namespace cardvault {

/// Forgets revocations that have expired by `now`. If kMaxRevokedTokens are revoked already, kills
/// all tokens of the wallet instead.
void revoke_token(Wallet& wallet, const TokenId& token, Time expires_at, Time now);
[[nodiscard]] bool is_revoked(const Wallet& wallet, const TokenId& token);

/// device_already_bound (with the device's id) if `is_same` is true for a device, limit_reached.
[[nodiscard]] Status add_device(Wallet& wallet, Device device,
                                const std::function<bool(const Device&)>& is_same);
/// Also forgets the device's unlock attempts. device_not_found.
[[nodiscard]] Status remove_device(Wallet& wallet, const DeviceId& device);
[[nodiscard]] const Device* find_device(const Wallet& wallet, const DeviceId& device);

/// Replaces the credential of the same method, with all its failures. Kills all tokens.
void put_credential(Wallet& wallet, Credential credential);
/// Kills all tokens. credential_not_set.
[[nodiscard]] Status remove_credential(Wallet& wallet, UnlockMethod method);
[[nodiscard]] const Credential* find_credential(const Wallet& wallet, UnlockMethod method);
[[nodiscard]] Credential* find_credential(Wallet& wallet, UnlockMethod method);
/// Methods other than `method` that `device` can unlock with at `now`.
[[nodiscard]] std::vector<std::string> unlock_fallbacks(const Wallet& wallet, UnlockMethod method,
                                                        const DeviceId& device, Time now);

}  // namespace cardvault
