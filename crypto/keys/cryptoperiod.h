#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "crypto/keys/keyring.h"
#include "crypto/keys/live_keyring.h"

namespace cardvault {

/// Whether keys of the purpose seal or sign. The others only name things, so that they are found
/// again: a new key of theirs is the operator's act, see docs/keys.md.
[[nodiscard]] bool seals_or_signs(Purpose purpose);

/// Whether the key may not seal or sign any more. Never true for one that only names things.
[[nodiscard]] bool has_ended(const Key& key, Time now);

/// Whether a new key of the purpose waits for its promotion.
[[nodiscard]] bool has_successor(const Keyring& keyring, Purpose purpose);

/// Whether the purpose needs a new key: a tenth of the current one's cryptoperiod is left, or it
/// was promoted by a clock that was more than a day ahead, so that its age is not known; and it has
/// no successor.
[[nodiscard]] bool is_due(const Keyring& keyring, Purpose purpose, Time now);

/// The keys to sign one message with: that of LiveKeyring::current(), then the older ones that are
/// enabled and have not ended, the newest first, `most` in all. With `also` this one is among them
/// until it ends. The errors of LiveKeyring::current(), and of Keyring::find() for `also`.
[[nodiscard]] Result<std::vector<KeyHandle>> signers(const LiveKeyring& live, Purpose purpose,
                                                     Time now, std::size_t most,
                                                     std::optional<KeyId> also = {});

}  // namespace cardvault
