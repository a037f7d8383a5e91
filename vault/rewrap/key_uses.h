#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <stop_token>

#include "vault/closing/closing_vault.h"

namespace cardvault {

/// Number of stored things that still need each key.
struct KeyUses {
  std::map<KeyId, std::uint64_t> of;
  /// Wallets that do not open. Their contents are unknown, so they may need any key.
  std::uint64_t unreadable = 0;
  bool finished = false;  ///< false if it was stopped before it had seen all wallets

  [[nodiscard]] std::uint64_t count(KeyId key) const {
    const auto found = of.find(key);
    return found == of.end() ? 0 : found->second;
  }
};

/// Walks over the whole store and counts the uses of each key. It counts wallet records and the
/// record of the clients, wrapped keys of card numbers, fingerprints of cards, subjects, answers
/// that have not expired, verifiers, audit entries, receipts, and channels that name their signing
/// key. A token key counts as one use while its last token may live. The result is exact if nothing
/// writes to the store meanwhile. Otherwise, things that others seal under the current keys
/// meanwhile may be missing. After each batch `observe` gets the number of wallets seen. Errors:
/// store_unavailable, vault_sealed, key_unavailable.
[[nodiscard]] Result<KeyUses> count_key_uses(const ClosingVault& vault, const std::stop_token& stop,
                                             const std::function<void(std::uint64_t)>& observe);

/// Succeeds if nothing needs the key according to `uses`; otherwise it fails with key_in_use. It
/// always fails for destroying a receipt_signing key, because its public half checks receipts
/// outside the vault. The detail names the remaining uses and how to end them.
[[nodiscard]] Status require_unused(const Key& key, KeyState wanted, const KeyUses& uses);

}  // namespace cardvault
