#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "vault/storage/wallet_store.h"

namespace cardvault {

/// Everything that a store keeps of one wallet except its index entries, unchanged. A claim on the
/// wallet is left out, because a claim only saves work for others.
struct WalletImage {
  WalletId id;
  StoredWallet wallet;                                ///< with its version
  std::vector<std::pair<CardId, SealedRecord>> pans;  ///< sorted by card
  std::vector<AuditRow> audit;                        ///< the whole log, sorted by seq
  std::optional<Time> due;
};

/// One entry of the index: `key` leads to `wallet`.
struct IndexEntry {
  IndexKey key;
  WalletId wallet;
  bool operator==(const IndexEntry&) const = default;
};

/// The interface that a store needs, so that a vault can be copied to another store unchanged and
/// without any key. It works on the same data as WalletStore; nothing else may use that data
/// meanwhile. Only sealed records and keyed hashes pass through it. Its results are as untrusted as
/// records that a store loads.
///
/// Threads may call every method. Errors are those of WalletStore. When an import returns, its data
/// is as durable as a commit.
class WalletArchive {
 public:
  virtual ~WalletArchive() = default;

  /// Lists wallets in no order, about `limit` per page; `limit` is at least 1. An empty `cursor`
  /// starts at the beginning. A wallet may be listed several times. Each wallet that exists during
  /// the whole listing is listed at least once.
  [[nodiscard]] virtual Result<ArchivePage<WalletId>> list_wallets(const std::string& cursor,
                                                                   std::size_t limit) = 0;
  /// Returns the images of the wallets that exist, in the order of `wallets`.
  [[nodiscard]] virtual Result<std::vector<WalletImage>> export_wallets(
      std::span<const WalletId> wallets) = 0;
  /// Afterwards each wallet is exactly what its image says, including the version; its old contents
  /// are gone. Each import is atomic. After an error, some wallets may be imported.
  [[nodiscard]] virtual Status import_wallets(std::span<const WalletImage> images) = 0;

  /// Works like list_wallets().
  [[nodiscard]] virtual Result<ArchivePage<IndexEntry>> list_index(const std::string& cursor,
                                                                   std::size_t limit) = 0;
  /// Imports entries of wallets that were imported before. It may leave out entries of other
  /// wallets. Entries that exist already are no error. If a unique entry leads to another wallet,
  /// this fails with `internal`, and the entry stays. After an error, some entries may be imported.
  [[nodiscard]] virtual Status import_index(std::span<const IndexEntry> entries) = 0;

  /// Returns nullopt if the record does not exist.
  [[nodiscard]] virtual Result<std::optional<StoredWallet>> load_vault_record(
      VaultRecord which) = 0;
  /// Replaces the stored record and its version.
  [[nodiscard]] virtual Status import_vault_record(VaultRecord which,
                                                   const StoredWallet& record) = 0;
};

}  // namespace cardvault
