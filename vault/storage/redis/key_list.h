#pragma once

#include <string>
#include <vector>

#include "base/ids.h"
#include "vault/storage/archive_page.h"
#include "vault/storage/redis/client.h"

namespace cardvault {

/// Walks all keys of a kind, one primary after the other, while others write: each that is there
/// throughout comes at least once, one may come several times.
///
/// SCAN promises that on one server as long as its process runs, and a slot that moves may take a
/// key from where it is still to be looked for to where that was done. So every page is followed
/// by a look at the servers: when one was restarted or replaced, or slots were moved, the walk
/// begins anew; while slots move or are not served, it answers store_unavailable. Not seen: a move
/// that is begun and taken back between two looks.
///
/// Errors are those of RedisClient::ask() otherwise.
class RedisKeyList {
 public:
  /// `client` outlives it.
  explicit RedisKeyList(RedisClient& client) : client_(client) {}

  /// About `limit` keys that match the pattern. The first page has none.
  [[nodiscard]] Result<ArchivePage<std::string>> list(const char* pattern,
                                                      const std::string& cursor,
                                                      std::size_t limit) const;
  /// As WalletStore::list_wallets. One that may not be created any more (see RedisIndex) may come
  /// as well.
  [[nodiscard]] Result<ArchivePage<WalletId>> list_wallets(const std::string& cursor,
                                                           std::size_t limit) const;

 private:
  [[nodiscard]] Result<Reply> scan(const RedisAddress& server, const char* pattern,
                                   std::string_view cursor, std::size_t limit) const;
  /// A digest of what may not change during a walk.
  [[nodiscard]] Result<std::string> look(const std::vector<RedisAddress>& primaries) const;

  RedisClient& client_;
};

}  // namespace cardvault
