#pragma once

#include <initializer_list>
#include <string_view>
#include <vector>

#include "vault/change/vault.h"
#include "vault/wallet/keyed_digest.h"

namespace cardvault {

// Keyed hashes are used to find things. While a purpose has several enabled keys, a thing may be
// stored under any of them. So searches use all enabled keys; writes use only the current one.

/// Returns keyed_hash() under every enabled key of the purpose. Errors: those of
/// LiveKeyring::usable().
[[nodiscard]] Result<KeyedDigests> digests_of(const LiveKeyring& keyring, Purpose purpose,
                                              std::string_view domain,
                                              std::initializer_list<ByteView> parts);

/// Returns the wallets that the index has for any of `digests`, each wallet once. Errors:
/// store_unavailable.
[[nodiscard]] Result<std::vector<WalletId>> find_wallets(WalletStore& store, IndexKind kind,
                                                         const KeyedDigests& digests);

/// Makes index entries from digests. A commit can add or remove them.
[[nodiscard]] std::vector<IndexKey> index_keys(IndexKind kind,
                                               const std::vector<KeyedDigest>& digests);

}  // namespace cardvault
