#pragma once

#include <memory>

#include "vault/storage/redis/location.h"
#include "vault/storage/wallet_archive.h"

namespace cardvault {

/// Opens the wallets in a Redis server or Redis Cluster, to copy them to another store or to fill
/// them from one. It opens like open_redis_store() and has its errors. No lock keeps others away,
/// so stop the servers before a copy. While the slots of a cluster move, listing fails with
/// store_unavailable (see redis/key_list.h).
///
/// If the record of a wallet lacks the claim, its entry of a unique kind is not listed (see
/// redis/index.h). An imported wallet keeps its claims; import_index() adds to them.
[[nodiscard]] Result<std::unique_ptr<WalletArchive>> open_redis_archive(RedisOptions options);

}  // namespace cardvault
