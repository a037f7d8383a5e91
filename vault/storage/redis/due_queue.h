#pragma once

#include <vector>

#include "vault/storage/redis/client.h"
#include "vault/storage/redis/wallet_value.h"

namespace cardvault {

/// The due times of wallets, in shards of one slot each, so that the members of a cluster share the
/// work:
///
///   cv:due:{n}       sorted set: wallet id, due number
///   cv:due-ids:{n}   sorted set, all scores 0: wallet id, for reading in order of ids
///   cv:due-held:{n}  hash: wallet id, held until
///   cv:due-at:{n}    hash: wallet id, the version that was here last
///
/// A wallet and its shard cannot change together. The wallet's own record decides. The queue lists
/// the wallet at its due time or earlier. An entry may be too early, or its wallet may not be due
/// at all; then it costs one look and is corrected. A version that is older than the last one in
/// the shard changes nothing. So steps of two processes may overtake each other without harm.
///
/// Errors: those of RedisClient::run().
class RedisDueQueue {
 public:
  static constexpr std::size_t kShards = 16;

  /// `client` must outlive it.
  explicit RedisDueQueue(RedisClient& client) : client_(client) {}

  /// Call this before a commit that makes the wallet due earlier than before.
  [[nodiscard]] Status prepare(const WalletId& wallet, Time due, std::uint64_t version) const;
  /// Call this after a commit. Call it also after a failed commit, with the values in the wallet's
  /// record.
  [[nodiscard]] Status settle(const WalletId& wallet, const std::optional<Time>& due,
                              std::uint64_t version, bool end_hold) const;

  /// Like WalletStore::claim_due() and list_due(). All shards are asked together.
  [[nodiscard]] Result<std::vector<WalletId>> claim(Time now, Seconds lease,
                                                    std::size_t limit) const;
  [[nodiscard]] Result<std::vector<WalletId>> list(const WalletId& after, std::size_t limit) const;

 private:
  struct Entry {
    std::int64_t at = 0;
    WalletId wallet;
    auto operator<=>(const Entry&) const = default;
  };
  struct Window {
    Time now;
    Seconds lease;
  };
  [[nodiscard]] Result<std::vector<Entry>> peek(const Window& window, std::size_t limit) const;
  [[nodiscard]] Result<std::vector<WalletId>> hold(const Window& window,
                                                   const std::vector<Entry>& entries) const;
  /// Returns the entries of wallets that are due by their own record or have a damaged record,
  /// sorted. The other entries are corrected.
  [[nodiscard]] Result<std::vector<Entry>> confirm(const std::vector<WalletId>& held,
                                                   Time now) const;

  RedisClient& client_;
};

}  // namespace cardvault
