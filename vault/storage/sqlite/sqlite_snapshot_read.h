#pragma once

#include "vault/storage/sqlite/sqlite_reader_pool.h"
#include "vault/storage/wallet_snapshot.h"

namespace cardvault {

/// Works like WalletStore::load_snapshot(), in one read transaction of `reader`.
[[nodiscard]] Result<std::optional<WalletSnapshot>> read_wallet_snapshot(
    const Reader& reader, const WalletId& wallet, const SnapshotParts& parts);

/// Works like WalletStore::leads_to().
[[nodiscard]] Result<bool> index_leads_to(const Reader& reader, const IndexKey& key,
                                          const WalletId& wallet);

}  // namespace cardvault
