#pragma once

#include <string>

#include "base/time.h"
#include "crypto/keys/live_keyring.h"
#include "crypto/keys/sealed_keyring.h"

namespace cardvault::api {

/// Warnings start this long before the end of a key's cryptoperiod.
inline constexpr Seconds kWarnBeforeEnd = std::chrono::hours{30 * 24};

/// The cryptographic inventory of PCI DSS v4.0.1 requirement 12.3.3, without secrets: `{generation,
/// sealing, seal, keys:[{id, purpose, used_for, algorithm, bits, state, created_at, promoted_at,
/// expires_at, retired_at, destroyed_at, due, warning}], others:[{used_for, algorithm, bits}]}`.
/// - `state` is waiting, current, retired, disabled or destroyed.
/// - `due` is true if a current key has no successor and a tenth of its cryptoperiod is left (see
///   is_due()).
/// - `warning` is expires_soon, expired or null.
/// - `bits` is null if the vault cannot know it.
[[nodiscard]] std::string render_inventory(const Keyring& keyring, const SealHead& head, Time now);

/// Metrics in Prometheus' text format: cardvault_sealed, and for each purpose
/// cardvault_key_expires_timestamp_seconds and cardvault_key_due of its current key,
/// cardvault_keys_made_total, cardvault_keys_destroyed_total and cardvault_keys_retired.
[[nodiscard]] std::string render_key_metrics(const LiveKeyring& live, Time now);

/// Logs each current key that expires soon or has expired.
void warn_of_ends(const LiveKeyring& live, Time now);

}  // namespace cardvault::api
