#pragma once

#include "vault/storage/redis/client.h"

namespace cardvault {

/// Has the servers write their files anew, so that nothing deleted is left in them, one after the
/// other: every primary, then in a cluster the replicas that it names, which should have by then
/// what was deleted. Replicas of a single server are not known here. The append-only file always
/// (BGREWRITEAOF), a snapshot (BGSAVE) where one may be: save points are set, one was written since
/// the server started, or in a cluster, whose replicas keep the one that they began with. The
/// servers go on serving.
///
/// Returns when it is done everywhere. store_unavailable when a server cannot be asked, could not
/// write, or was not done in half an hour; those before it are done then.
[[nodiscard]] Status compact_servers(RedisClient& client);

}  // namespace cardvault
