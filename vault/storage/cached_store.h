#pragma once

#include <cstddef>
#include <memory>

#include "vault/storage/wallet_store.h"

namespace cardvault {

/// Keeps up to `most_bytes` of wallet records, sealed as they are stored, in memory in front of
/// `inner`. Only for a store that no other process writes: a cached record is dropped when a commit
/// through this object has touched its wallet, before that commit is answered, so a load that
/// begins after an answer never sees an older record.
[[nodiscard]] std::unique_ptr<WalletStore> make_cached_store(std::unique_ptr<WalletStore> inner,
                                                             std::size_t most_bytes);

}  // namespace cardvault
