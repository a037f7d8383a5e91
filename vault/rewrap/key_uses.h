#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <stop_token>

#include "vault/closing/closing_vault.h"

namespace cardvault {

/// What still needs each key.
struct KeyUses {
  std::map<KeyId, std::uint64_t> of;
  /// Wallets that do not open. What they hold is not known, so it may need any key.
  std::uint64_t unreadable = 0;
  bool finished = false;  ///< false when it was told to stop before it had seen all

  [[nodiscard]] std::uint64_t count(KeyId key) const {
    const auto found = of.find(key);
    return found == of.end() ? 0 : found->second;
  }
};

/// Goes over the whole store and counts, by key: wallet records and the record of the clients,
/// wrapped keys of card numbers, fingerprints of cards, subjects, devices of older versions,
/// answers that are still remembered, verifiers, audit entries, receipts, channels that name their
/// signing key; and one for a token key as long as its last token may live. Exact for a store that
/// nobody writes to meanwhile; what others seal under the current keys meanwhile may be missing.
/// `observe` is told after each batch how many wallets have been seen. store_unavailable,
/// vault_sealed, key_unavailable.
[[nodiscard]] Result<KeyUses> count_key_uses(const ClosingVault& vault, const std::stop_token& stop,
                                             const std::function<void(std::uint64_t)>& observe);

/// Success when nothing needs the key, as far as `uses` tell. key_in_use otherwise, and always for
/// destroying a receipt_signing key: receipts outside are checked with its public half. The detail
/// says how much is left of what, and what takes it away.
[[nodiscard]] Status require_unused(const Key& key, KeyState wanted, const KeyUses& uses);

}  // namespace cardvault
