#pragma once

#include <initializer_list>
#include <string_view>
#include <vector>

#include "vault/change/vault.h"
#include "vault/wallet/keyed_digest.h"

namespace cardvault {

// Things are found again by keyed hashes. While a purpose has several enabled keys, a thing may be
// kept under any of them: it is looked for under all, and written under the current one.

/// keyed_hash() under every enabled key of the purpose. The errors of LiveKeyring::usable().
[[nodiscard]] Result<KeyedDigests> digests_of(const LiveKeyring& keyring, Purpose purpose,
                                              std::string_view domain,
                                              std::initializer_list<ByteView> parts);

/// The wallets that the index leads to from any of `digests`, each once. store_unavailable.
[[nodiscard]] Result<std::vector<WalletId>> find_wallets(WalletStore& store, IndexKind kind,
                                                         const KeyedDigests& digests);

/// The entries of digests, to be added to a commit or removed by it.
[[nodiscard]] std::vector<IndexKey> index_keys(IndexKind kind,
                                               const std::vector<KeyedDigest>& digests);

}  // namespace cardvault
