#pragma once

#include <span>
#include <vector>

#include "vault/storage/redis/client.h"
#include "vault/storage/redis/wallet_value.h"
#include "vault/storage/wallet_archive.h"

namespace cardvault {

/// What leads from a keyed hash to wallets: a sorted set for each, members are wallet ids, scores
/// the version with which the wallet has (or was to have) the entry.
///
/// An entry and its wallet may be on different servers, so they do not change together. The entry
/// is written first: a stray one is harmless, a missing one would not be. For unique kinds the
/// wallet's own claims decide. Another wallet's entry that its claims do not have is waited for, a
/// second at most, because its commit may be under way; then that commit is made impossible (the
/// other's version is raised, or a wallet that is not there yet may not be created any more) and
/// the entry is taken over. That is what a process that died between the two writes leaves to do.
///
/// Errors are those of RedisClient::run().
class RedisIndex {
 public:
  /// `client` outlives it.
  explicit RedisIndex(RedisClient& client) : client_(client) {}

  [[nodiscard]] Result<std::vector<WalletId>> find(const IndexKey& key) const;
  [[nodiscard]] Result<bool> leads_to(const IndexKey& key, const WalletId& wallet) const;

  /// The same without the entries of a unique kind that the wallets' claims do not have.
  [[nodiscard]] Result<std::vector<WalletId>> find_held(const IndexKey& key) const;
  /// Entries of wallets that are there, with their claims, a round trip or two for all of them.
  /// False when another wallet has one.
  [[nodiscard]] Result<bool> add(std::span<const IndexEntry> entries) const;

  /// Writes the entries of a commit that will give the wallet its next version. False when another
  /// wallet has one of a unique kind; then nothing was written, or, when the other came in between,
  /// what withdraw() takes back.
  [[nodiscard]] Result<bool> claim(const Commit& change) const;
  /// After a commit of a new wallet that did not happen: no other process knows its id, so nobody
  /// else can be at these entries. What other commits leave are stray entries.
  [[nodiscard]] Status withdraw(const Commit& change) const;
  /// After a commit: takes away what the wallet has no more.
  [[nodiscard]] Status release(const Commit& change) const;

 private:
  struct Holder {
    std::string wallet;
    std::int64_t version = 0;
  };
  [[nodiscard]] Result<bool> is_free(const IndexKey& key, const WalletId& wallet) const;
  [[nodiscard]] Result<bool> claim_one(const IndexKey& key, const WalletId& wallet,
                                       std::uint64_t version) const;
  /// True when the other wallet has it, false when its entry was a stray one and is gone.
  [[nodiscard]] Result<bool> is_held(const IndexKey& key, const Holder& other) const;
  [[nodiscard]] Status remove(const std::vector<IndexKey>& keys, const WalletId& wallet,
                              std::uint64_t version) const;

  RedisClient& client_;
};

}  // namespace cardvault
