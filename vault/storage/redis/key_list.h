#pragma once

#include <string>
#include <vector>

#include "base/ids.h"
#include "vault/storage/archive_page.h"
#include "vault/storage/redis/client.h"

namespace cardvault {

/// Lists all keys of a kind, one primary after the other, while others write. A key that exists
/// during the whole listing is listed at least once. A key may be listed several times.
///
/// SCAN guarantees this only on one server and while its process runs. And a slot that moves may
/// take a key from a server that is not listed yet to one that is already listed. So each page is
/// followed by a check of the servers. If a server was restarted or replaced, or slots were moved,
/// the listing starts again. While slots are moving or not served, it fails with store_unavailable.
/// One case is not detected: a move that begins and is cancelled between two checks.
///
/// Other errors: those of RedisClient::ask().
class RedisKeyList {
 public:
  /// `client` must outlive it.
  explicit RedisKeyList(RedisClient& client) : client_(client) {}

  /// Returns about `limit` keys that match the pattern. The first page is always empty.
  [[nodiscard]] Result<ArchivePage<std::string>> list(const char* pattern,
                                                      const std::string& cursor,
                                                      std::size_t limit) const;
  /// Like WalletStore::list_wallets(). It may also list a wallet that must not be created any more
  /// (see RedisIndex).
  [[nodiscard]] Result<ArchivePage<WalletId>> list_wallets(const std::string& cursor,
                                                           std::size_t limit) const;

 private:
  [[nodiscard]] Result<Reply> scan(const RedisAddress& server, const char* pattern,
                                   std::string_view cursor, std::size_t limit) const;
  /// Returns a digest of everything that must not change during a listing.
  [[nodiscard]] Result<std::string> look(const std::vector<RedisAddress>& primaries) const;

  RedisClient& client_;
};

}  // namespace cardvault
