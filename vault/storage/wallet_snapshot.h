#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "vault/storage/commit.h"

namespace cardvault {

/// A wallet record as kept. `version` starts at 1 and rises by 1 with every commit.
struct StoredWallet {
  std::uint64_t version = 0;
  SealedRecord record;
};

/// The most audit rows that one snapshot holds.
inline constexpr std::size_t kMostRowsInSnapshot = 512;

/// What a snapshot holds beside the wallet record.
struct SnapshotParts {
  bool pans = false;              ///< all PAN records of the wallet
  std::uint64_t audit_after = 0;  ///< audit rows with a greater seq, in order ...
  std::size_t audit_limit = 0;    ///< ... at most so many, and at most kMostRowsInSnapshot
};

/// Parts of one wallet as they were at one moment, so that they can be compared with each other.
/// Damaged parts are no error: a row or record of the wrong shape comes with empty bytes where
/// they are not usable, or not at all. What is there is believed only after it opens.
struct WalletSnapshot {
  StoredWallet wallet;
  std::vector<std::pair<CardId, SealedRecord>> pans;  ///< in no order
  std::vector<AuditRow> audit;
};

}  // namespace cardvault
