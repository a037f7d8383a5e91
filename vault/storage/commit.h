#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "crypto/keyed_hash.h"
#include "crypto/keys/record_seal.h"

namespace cardvault {

/// The kinds of index entries, by the value that leads to a wallet. The numbers are stored. If a
/// wallet has an entry of a unique kind, no other wallet can have the same entry.
enum class IndexKind : std::uint8_t {
  subject = 1,          ///< unique: the operator's name for the wallet's user
  pan_fingerprint = 2,  ///< many wallets may hold the same card
  creation_key = 3,     ///< unique: Idempotency-Key of the request that created the wallet
};

[[nodiscard]] constexpr bool is_unique(IndexKind kind) {
  return kind != IndexKind::pan_fingerprint;
}

/// A keyed hash that leads to wallets. It is never the value itself.
struct IndexKey {
  IndexKind kind = IndexKind::subject;
  Digest value{};
  bool operator==(const IndexKey&) const = default;
};

/// One entry of a wallet's audit log. `link` is a keyed hash over the entry and the previous link.
struct AuditRow {
  std::uint64_t seq = 0;  ///< from 1, without gaps
  SealedRecord record;
  Digest link{};
};

/// One atomic change of one wallet. Deletions and removals are applied before puts and additions.
/// So a card or key that is in both lists exists afterwards.
struct Commit {
  WalletId wallet;
  std::uint64_t expected_version = 0;  ///< 0 means that the wallet must not exist yet
  SealedRecord record;
  std::vector<std::pair<CardId, SealedRecord>> put_pans;
  std::vector<CardId> delete_pans;  ///< missing ones are no error
  std::vector<AuditRow> audit;      ///< continues after the last stored entry
  /// If set, `audit` is the whole log, with as many rows as are stored. Each row replaces the
  /// stored row with its seq. Rewrapping uses this.
  bool rewrite_audit = false;
  /// With `rewrite_audit`: replaces any stored log, even a damaged one. A repair uses this.
  bool replace_damaged_audit = false;
  std::vector<IndexKey> add_index;     ///< entries that this wallet already has are no error
  std::vector<IndexKey> remove_index;  ///< missing ones are no error
  std::optional<Time> due;             ///< when a worker must look at the wallet again
};

enum class CommitOutcome : std::uint8_t {
  committed,    ///< durable: it survives kill -9 and power loss
  conflict,     ///< the version was not the expected one; nothing changed
  index_taken,  ///< a unique index value belongs to another wallet; nothing changed
};

/// Maximum number of commits per commit_all(). With this many, the cost of a disk sync is small,
/// and other commits wait only briefly.
inline constexpr std::size_t kMostCommitsAtOnce = 256;

}  // namespace cardvault
