#pragma once

#include <span>
#include <vector>

#include "vault/storage/redis/client.h"
#include "vault/storage/redis/wallet_value.h"
#include "vault/storage/wallet_archive.h"

namespace cardvault {

/// The index from keyed hashes to wallets. Each hash is a sorted set. The members are wallet ids.
/// The score is the version with which the wallet has the entry, or was to have it.
///
/// An entry and its wallet may be on different servers, so they cannot change together. The entry
/// is written first, because a stray entry is harmless but a missing one is not. For unique kinds
/// the claims in the wallet's record decide. If another wallet has an entry but its record lacks
/// the claim, its commit may be in flight. Then this waits for it, at most a second. After that it
/// makes the commit impossible: it raises the other wallet's version, or forbids to create that
/// wallet if it does not exist yet. Then it takes the entry over. This cleans up after a process
/// that died between the two writes.
///
/// Errors: those of RedisClient::run().
class RedisIndex {
 public:
  /// `client` must outlive it.
  explicit RedisIndex(RedisClient& client) : client_(client) {}

  [[nodiscard]] Result<std::vector<WalletId>> find(const IndexKey& key) const;
  [[nodiscard]] Result<bool> leads_to(const IndexKey& key, const WalletId& wallet) const;

  /// Like find(), but for a unique kind only wallets whose record has the claim.
  [[nodiscard]] Result<std::vector<WalletId>> find_held(const IndexKey& key) const;
  /// Adds entries of existing wallets, with their claims, in a round trip or two for all. Returns
  /// false if another wallet has one of them.
  [[nodiscard]] Result<bool> add(std::span<const IndexEntry> entries) const;

  /// Writes the entries for a commit that gives the wallet its next version. Returns false if
  /// another wallet has one of a unique kind. Then nothing was written; or, if the other wallet
  /// came in between, withdraw() removes what was written.
  [[nodiscard]] Result<bool> claim(const Commit& change) const;
  /// Call this after a failed commit of a new wallet. No other process knows the new wallet's id,
  /// so the entries can safely be removed. Failed commits of existing wallets leave stray entries.
  [[nodiscard]] Status withdraw(const Commit& change) const;
  /// Call this after a commit. It removes the entries that the wallet does not have any more.
  [[nodiscard]] Status release(const Commit& change) const;

 private:
  struct Holder {
    std::string wallet;
    std::int64_t version = 0;
  };
  [[nodiscard]] Result<bool> is_free(const IndexKey& key, const WalletId& wallet) const;
  [[nodiscard]] Result<bool> claim_one(const IndexKey& key, const WalletId& wallet,
                                       std::uint64_t version) const;
  /// Returns true if the other wallet has the entry. Returns false if the entry was stray; it is
  /// removed then.
  [[nodiscard]] Result<bool> is_held(const IndexKey& key, const Holder& other) const;
  [[nodiscard]] Status remove(const std::vector<IndexKey>& keys, const WalletId& wallet,
                              std::uint64_t version) const;

  RedisClient& client_;
};

}  // namespace cardvault
