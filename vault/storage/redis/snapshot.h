#pragma once

#include "vault/storage/redis/client.h"
#include "vault/storage/wallet_snapshot.h"

namespace cardvault {

/// Like WalletStore::load_snapshot(). It is one HMGET, which is atomic, because a wallet is one
/// hash.
[[nodiscard]] Result<std::optional<WalletSnapshot>> read_redis_snapshot(RedisClient& client,
                                                                        const WalletId& wallet,
                                                                        const SnapshotParts& parts);

}  // namespace cardvault
