#pragma once

#include <memory>

#include "vault/storage/redis/location.h"
#include "vault/storage/wallet_archive.h"

namespace cardvault {

/// The wallets in a Redis server or Redis Cluster, for carrying them to another store or filling
/// them from one. Opens as open_redis_store() does, and answers its errors. No lock keeps others
/// away: who copies stops the servers first. While the slots of a cluster move, listing answers
/// store_unavailable (see redis/key_list.h).
///
/// Entries of unique kinds that a wallet does not have (see redis/index.h) are not listed. An
/// imported wallet keeps the claims that it has; import_index() adds to them.
[[nodiscard]] Result<std::unique_ptr<WalletArchive>> open_redis_archive(RedisOptions options);

}  // namespace cardvault
