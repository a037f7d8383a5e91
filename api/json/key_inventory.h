#pragma once

#include <string>

#include "base/time.h"
#include "crypto/keys/live_keyring.h"
#include "crypto/keys/sealed_keyring.h"

namespace cardvault::api {

/// How long before the end of a key's cryptoperiod the operator is told.
inline constexpr Seconds kWarnBeforeEnd = std::chrono::hours{30 * 24};

/// The cryptographic inventory that PCI DSS v4.0.1 requirement 12.3.3 asks for, without a secret:
/// `{generation, seal, keys:[{id, purpose, used_for, algorithm, bits, state, created_at,
/// promoted_at, expires_at, retired_at, destroyed_at, due, warning}], others:[{used_for, algorithm,
/// bits}]}`. `state` is waiting, current, retired, disabled or destroyed; `due`: a tenth of the
/// cryptoperiod of a current key is left and no successor waits; `warning` expires_soon,
/// expired or null.
[[nodiscard]] std::string render_inventory(const Keyring& keyring, const SealHead& head, Time now);

/// In Prometheus' text format: cardvault_sealed, and of each purpose
/// cardvault_key_expires_timestamp_seconds and cardvault_key_due of its current key,
/// cardvault_keys_made_total, cardvault_keys_destroyed_total and cardvault_keys_retired.
[[nodiscard]] std::string render_key_metrics(const LiveKeyring& live, Time now);

/// A line in the log for each current key whose end is near or past.
void warn_of_ends(const LiveKeyring& live, Time now);

}  // namespace cardvault::api
