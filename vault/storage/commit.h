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

/// What an index entry leads from. The numbers are stored. A wallet's entries of a unique kind
/// exclude the same value in any other wallet.
enum class IndexKind : std::uint8_t {
  subject = 1,          ///< unique: the operator's name for the wallet's user
  pan_fingerprint = 2,  ///< many wallets may hold the same card
  creation_key = 3,     ///< unique: Idempotency-Key of the request that created the wallet
};

[[nodiscard]] constexpr bool is_unique(IndexKind kind) {
  return kind != IndexKind::pan_fingerprint;
}

/// A keyed hash that leads to wallets; never the value itself.
struct IndexKey {
  IndexKind kind = IndexKind::subject;
  Digest value{};
  bool operator==(const IndexKey&) const = default;
};

/// One entry of a wallet's audit log. `link` is the keyed hash over the entry and the link before.
struct AuditRow {
  std::uint64_t seq = 0;  ///< from 1, without gaps
  SealedRecord record;
  Digest link{};
};

/// One atomic change of one wallet. Deletions and removals are applied before puts and additions,
/// so a card or key that is in both lists is there afterwards.
struct Commit {
  WalletId wallet;
  std::uint64_t expected_version = 0;  ///< 0: the wallet must not exist yet
  SealedRecord record;
  std::vector<std::pair<CardId, SealedRecord>> put_pans;
  std::vector<CardId> delete_pans;  ///< absent ones are no error
  std::vector<AuditRow> audit;      ///< goes on from the last one
  /// `audit` is the whole log instead, as long as it is there already, each row in place of the one
  /// with its seq: for who seals it anew.
  bool rewrite_audit = false;
  /// With `rewrite_audit`: whatever is there, if it is damaged. For a repair.
  bool replace_damaged_audit = false;
  std::vector<IndexKey> add_index;     ///< entries this wallet has already are no error
  std::vector<IndexKey> remove_index;  ///< absent ones are no error
  std::optional<Time> due;             ///< when a worker should look at the wallet again
};

enum class CommitOutcome : std::uint8_t {
  committed,    ///< durable: survives kill -9 and power loss
  conflict,     ///< the version was not the expected one; nothing changed
  index_taken,  ///< a unique index value belongs to another wallet; nothing changed
};

/// What one call of commit_all() takes at most: enough that a sync of the disk weighs little
/// against it, and what it holds up is short.
inline constexpr std::size_t kMostCommitsAtOnce = 256;

}  // namespace cardvault
