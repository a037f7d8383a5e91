#pragma once

#include <memory>

#include "vault/storage/redis/location.h"
#include "vault/storage/wallet_store.h"

namespace cardvault {

/// Opens the wallets in a Redis server or Redis Cluster. Any number of processes may share it. A
/// wallet is one key (see redis/wallet_value.h). So a load is one round trip, and a commit is one
/// script on one server. Index and due queue are separate and are written first (see redis/index.h
/// and redis/due_queue.h).
///
/// Opening asks every primary for its guarantees (see redis/guarantees.h). If the servers cannot be
/// reached or asked now, it fails with store_unavailable, and a retry may help. If a retry would
/// not help, it fails with invalid_request or internal and says what to do: for a refused file,
/// password or certificate, and for a setting that may lose acknowledged data. If a server does not
/// accept our own certificate, that looks like a closed connection, so it is store_unavailable.
///
/// compact() delays no other request (see redis/compaction.h).
///
/// A commit that failed with store_unavailable may have happened in two cases: its reply was lost,
/// or too few replicas had it before the timeout. In the second case the primary has it, and it is
/// lost only if the primary fails before the replicas catch up. All other commits that failed so
/// did not happen. docs/redis.md lists what Redis itself may lose.
[[nodiscard]] Result<std::unique_ptr<WalletStore>> open_redis_store(RedisOptions options);

}  // namespace cardvault
