#pragma once

#include "vault/storage/redis/client.h"

namespace cardvault {

/// Asks every primary what it guarantees and logs it ("store_guarantees"): version, appendonly,
/// appendfsync, maxmemory-policy, replicas. `internal`, naming the server and the setting, when one
/// could lose what it acknowledges and `accept_data_loss` is not given:
///
///   appendonly must be yes and appendfsync always: an answered commit survives kill -9 and power
///   loss. maxmemory-policy must be noeviction: a full server refuses writes instead of throwing
///   wallets away. What the user may not read counts as unsafe.
///
/// A server older than Redis 7.0 is refused in any case. Errors of RedisClient::run() otherwise.
[[nodiscard]] Status check_guarantees(RedisClient& client);

/// A client of servers that were asked for their guarantees. Errors as open_redis_store() answers.
[[nodiscard]] Result<std::unique_ptr<RedisClient>> open_redis_client(RedisOptions options);

/// The store can be read and written: a primary is one, has finished loading, has memory left,
/// wrote its file the last time it tried, and takes a small write now ("cv:ready:{N}", kept for a
/// day). That write does not wait for replicas. In a cluster one such primary is enough: its
/// wallets are served, and a vault that called itself not ready would not even do that.
/// store_unavailable.
[[nodiscard]] Status check_health(RedisClient& client);

}  // namespace cardvault
