#pragma once

#include "vault/storage/redis/client.h"

namespace cardvault {

/// Asks every primary for its guarantees and logs them ("store_guarantees"): version, appendonly,
/// appendfsync, maxmemory-policy, replicas. If a server could lose acknowledged data and
/// `accept_data_loss` is not set, it fails with `internal` and names the server and the setting:
///
/// appendonly must be yes and appendfsync must be always, so that an acknowledged commit survives
/// kill -9 and power loss. maxmemory-policy must be noeviction, so that a full server refuses
/// writes and does not drop wallets. A setting that the user may not read counts as unsafe.
///
/// A server older than Redis 7.0 is always refused. Other errors: those of RedisClient::run().
[[nodiscard]] Status check_guarantees(RedisClient& client);

/// Returns a client whose servers have passed check_guarantees(). Errors: those of
/// open_redis_store().
[[nodiscard]] Result<std::unique_ptr<RedisClient>> open_redis_client(RedisOptions options);

/// Checks that the store can be read and written. A server must be a primary, have finished loading
/// and have free memory. Its last write to its file must have succeeded. It must accept a small
/// write now ("cv:ready:{N}", kept for a day); that write does not wait for replicas. In a cluster
/// one such primary is enough: its wallets can be served, but a vault that is not ready would serve
/// none. Errors: store_unavailable.
[[nodiscard]] Status check_health(RedisClient& client);

}  // namespace cardvault
