#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "vault/storage/copy/store_tally.h"
#include "vault/storage/wallet_archive.h"

namespace cardvault {

/// The progress of a copy. `total` is 0 while it is unknown.
struct CopyProgress {
  enum class Stage : std::uint8_t { wallets, index, checking_source, checking_target };

  Stage stage = Stage::wallets;
  std::uint64_t done = 0;  ///< wallets; in the stage index: index entries
  std::uint64_t total = 0;
};

struct CopyOptions {
  /// Number of threads. Each reads and writes its own batch. A few of them hide the latency of the
  /// stores.
  std::size_t workers = 4;
  /// Called after each batch. Different threads may call it, but never two at once.
  std::function<void(const CopyProgress&)> progress = [](const CopyProgress&) {};
};

struct CopyResult {
  StoreTally tally;           ///< the same for both stores
  std::uint64_t copied = 0;   ///< wallets that this run wrote
  std::uint64_t skipped = 0;  ///< wallets that the target already had, identical in every part
};

/// Copies a vault unchanged from one store to another: sealed records, keyed hashes, versions. No
/// key is needed or seen. Nothing else may use either store meanwhile.
///
/// It first copies every wallet and index entry. Then it reads both stores completely and compares
/// their tallies. Only then it writes the clients and, last of all, the keyring. Without a keyring
/// no server starts. If a run ended early for any reason, the next run continues it. It skips
/// wallets that are identical in every part, and replaces wallets that the source has changed
/// since.
///
/// It fails with write_conflict, and a detail that says what to do, in these cases: the source has
/// no vault; the target has another keyring; the target has wallets or clients that the source
/// lacks, or that are newer, or that have the same version but differ; the audit log of a target's
/// wallet is not the beginning of the source's; a store was used meanwhile. Data that caused the
/// conflict is never overwritten. If the tallies differ, it fails with record_corrupt: the target
/// is not a copy and got no keyring from this run. Other errors: those of the stores.
[[nodiscard]] Result<CopyResult> copy_store(WalletArchive& source, WalletArchive& target,
                                            const CopyOptions& options);

}  // namespace cardvault
