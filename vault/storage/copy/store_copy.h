#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "vault/storage/copy/store_tally.h"
#include "vault/storage/wallet_archive.h"

namespace cardvault {

/// Where a copy is. `total` is 0 while it is not known.
struct CopyProgress {
  enum class Stage : std::uint8_t { wallets, index, checking_source, checking_target };

  Stage stage = Stage::wallets;
  std::uint64_t done = 0;  ///< wallets; index entries in the stage index
  std::uint64_t total = 0;
};

struct CopyOptions {
  /// Each reads and writes a batch of its own; a few hide the time that the other side needs.
  std::size_t workers = 4;
  /// Called after each batch from one thread or another, never from two at once.
  std::function<void(const CopyProgress&)> progress = [](const CopyProgress&) {};
};

struct CopyResult {
  StoreTally tally;           ///< of both stores
  std::uint64_t copied = 0;   ///< wallets that this run wrote
  std::uint64_t skipped = 0;  ///< wallets that the target had already, the same in every part
};

/// Carries a vault from one store to another as it is: sealed records, keyed hashes, versions. No
/// key is needed or seen. Nobody else uses either store meanwhile.
///
/// First every wallet and index entry; then both stores are read whole and their tallies compared;
/// only then the clients and, last of all, the keyring, without which no server starts. A run that
/// ended early, in whatever way, is taken up by the next: wallets that are the same in every part
/// are skipped, those that the source has changed since are replaced.
///
/// write_conflict, with a detail that says what to do, when the source holds no vault, when the
/// target has another keyring, wallets or clients that the source lacks or that are newer, or
/// equally new and not the same, or whose audit log is no beginning of the source's, or when a
/// store was used meanwhile. Nothing that the target had is written over then.
/// record_corrupt when the tallies differ: the target is not a copy and has got no keyring from
/// this run. Otherwise the stores' own errors.
[[nodiscard]] Result<CopyResult> copy_store(WalletArchive& source, WalletArchive& target,
                                            const CopyOptions& options);

}  // namespace cardvault
