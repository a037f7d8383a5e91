#pragma once

#include "vault/storage/redis/client.h"

namespace cardvault {

/// Makes the servers rewrite their files, so that the files contain no deleted data any more. It
/// does one server after the other: every primary first, then in a cluster the replicas that it
/// lists. These should have received the deletions by then. It does not know the replicas of a
/// single server. It always rewrites the append-only file (BGREWRITEAOF). It rewrites the snapshot
/// (BGSAVE) if one may exist: if save points are set, if a snapshot was written since the server
/// started, or in a cluster, whose replicas keep the snapshot that they began with. The servers
/// continue to serve.
///
/// Returns when all servers are done. If a server does not answer, cannot write, or is not done
/// within half an hour, it fails with store_unavailable; the servers before it are done then.
[[nodiscard]] Status compact_servers(RedisClient& client);

}  // namespace cardvault
