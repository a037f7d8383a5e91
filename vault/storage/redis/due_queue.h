#pragma once

#include <vector>

#include "vault/storage/redis/client.h"
#include "vault/storage/redis/wallet_value.h"

namespace cardvault {

/// When wallets are due, in shards of one slot each, so that a cluster's members share the work:
///
///   cv:due:{n}       sorted set: wallet id, due number
///   cv:due-ids:{n}   sorted set, all scores 0: wallet id, for reading in order of ids
///   cv:due-held:{n}  hash: wallet id, held until
///   cv:due-at:{n}    hash: wallet id, the version that was here last
///
/// A wallet and its shard do not change together. What the wallet's own record says counts; the
/// queue has the wallet at that time or earlier: an entry that is too early, or of a wallet that is
/// not due at all, costs a look and is then corrected. A version that is older than the last one
/// here changes nothing, so steps of two processes that overtake each other do no harm.
///
/// Errors are those of RedisClient::run().
class RedisDueQueue {
 public:
  static constexpr std::size_t kShards = 16;

  /// `client` outlives it.
  explicit RedisDueQueue(RedisClient& client) : client_(client) {}

  /// Before a commit by which the wallet is due earlier than before.
  [[nodiscard]] Status prepare(const WalletId& wallet, Time due, std::uint64_t version) const;
  /// After a commit, and after one that did not happen with what the wallet's record says.
  [[nodiscard]] Status settle(const WalletId& wallet, const std::optional<Time>& due,
                              std::uint64_t version, bool end_hold) const;

  /// As WalletStore::claim_due and list_due; all shards are asked together.
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
  /// The entries of wallets that are due by their own record, or whose record is damaged, in order;
  /// the others are corrected.
  [[nodiscard]] Result<std::vector<Entry>> confirm(const std::vector<WalletId>& held,
                                                   Time now) const;

  RedisClient& client_;
};

}  // namespace cardvault
