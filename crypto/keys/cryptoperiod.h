#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "crypto/keys/keyring.h"
#include "crypto/keys/live_keyring.h"

namespace cardvault {

/// True if keys of this purpose seal or sign. All other keys only hash, so that things are found
/// again. For those the operator decides when to make a new key; see docs/keys.md.
[[nodiscard]] bool seals_or_signs(Purpose purpose);

/// True if the cryptoperiod is over and the key may not seal or sign any more. Never true for a key
/// that only hashes.
[[nodiscard]] bool has_ended(const Key& key, Time now);

/// True if a new key of the purpose waits for its promotion.
[[nodiscard]] bool has_successor(const Keyring& keyring, Purpose purpose);

/// True if the purpose needs a new key and has no successor yet. It needs one if only a tenth of
/// the current key's cryptoperiod is left. It also needs one if the promotion is more than a day in
/// the future: then the promoting clock was ahead, and the key's age is unknown.
[[nodiscard]] bool is_due(const Keyring& keyring, Purpose purpose, Time now);

/// The keys to sign one message with: first the key of LiveKeyring::current(), then the older keys
/// that are enabled and have not ended, the newest first, `most` in all. If `also` is given and has
/// not ended, it is among them, right after the first. The errors of LiveKeyring::current(), and of
/// Keyring::find() for `also`.
[[nodiscard]] Result<std::vector<KeyHandle>> signers(const LiveKeyring& live, Purpose purpose,
                                                     Time now, std::size_t most,
                                                     std::optional<KeyId> also = {});

}  // namespace cardvault
