#pragma once

#include <cstddef>
#include <memory>

#include "vault/storage/wallet_store.h"

namespace cardvault {

/// Caches up to `most_bytes` of wallet records in memory in front of `inner`, sealed as they are
/// stored. Use it only for a store that no other process writes. A commit through this object drops
/// the wallet's cached record before the commit is answered. So a load that begins after the answer
/// never returns an older record.
[[nodiscard]] std::unique_ptr<WalletStore> make_cached_store(std::unique_ptr<WalletStore> inner,
                                                             std::size_t most_bytes);

}  // namespace cardvault
