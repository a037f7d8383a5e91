#pragma once

#include <memory>

#include "vault/storage/redis/location.h"
#include "vault/storage/wallet_store.h"

namespace cardvault {

/// Wallets in a Redis server or Redis Cluster, shared by any number of processes. A wallet is one
/// key (see redis/wallet_value.h), so a load is one round trip and a commit one script on one
/// server; the index and the due queue are elsewhere and are written first (see redis/index.h and
/// redis/due_queue.h).
///
/// Opening asks every primary what it guarantees (see redis/guarantees.h). Answers
/// store_unavailable when the servers cannot be reached or asked now: trying again may help.
/// invalid_request or internal, saying what to do, when it would not: a file, password or
/// certificate that is refused, a setting that may lose what was acknowledged. A certificate of our
/// own that a server does not accept looks like a connection that was closed, so it is
/// store_unavailable.
///
/// compact() holds nobody up (see redis/compaction.h).
///
/// A commit that answered store_unavailable may have happened when its reply was lost, and when too
/// few replicas had it in time: it is then on the primary, and lost only if that fails before they
/// catch up. Everything else that answered so did not happen. What Redis itself may lose is in
/// docs/redis.md.
[[nodiscard]] Result<std::unique_ptr<WalletStore>> open_redis_store(RedisOptions options);

}  // namespace cardvault
