#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "vault/storage/commit.h"

namespace cardvault {

/// A stored wallet record. `version` starts at 1 and rises by 1 with every commit.
struct StoredWallet {
  std::uint64_t version = 0;
  SealedRecord record;
};

/// Maximum number of audit rows in one snapshot.
inline constexpr std::size_t kMostRowsInSnapshot = 512;

/// The parts of a snapshot besides the wallet record.
struct SnapshotParts {
  bool pans = false;              ///< all PAN records of the wallet
  std::uint64_t audit_after = 0;  ///< only audit rows with a greater seq, in order
  std::size_t audit_limit = 0;    ///< maximum number of rows, at most kMostRowsInSnapshot
};

/// Parts of one wallet as they were at one moment, so that they can be compared with each other.
/// Damaged parts are no error. If a row or record has the wrong shape, its unusable bytes are
/// empty, or it is missing. The parts are untrusted until they open.
struct WalletSnapshot {
  StoredWallet wallet;
  std::vector<std::pair<CardId, SealedRecord>> pans;  ///< in no order
  std::vector<AuditRow> audit;
};

}  // namespace cardvault
