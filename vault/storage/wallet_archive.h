#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "vault/storage/wallet_store.h"

namespace cardvault {

/// All that a store keeps of one wallet but its index entries, as it is kept. Who holds it on a
/// claim is left out: a claim only spares others the work.
struct WalletImage {
  WalletId id;
  StoredWallet wallet;                                ///< with its version
  std::vector<std::pair<CardId, SealedRecord>> pans;  ///< in order of the cards
  std::vector<AuditRow> audit;                        ///< whole, in order of seq
  std::optional<Time> due;
};

/// One entry of the index: `key` leads to `wallet`.
struct IndexEntry {
  IndexKey key;
  WalletId wallet;
  bool operator==(const IndexEntry&) const = default;
};

/// What a store must offer so that a vault can be carried to another one as it is, with no key at
/// hand: beside WalletStore, over the same data, which nobody else uses meanwhile. Only sealed
/// records and keyed hashes pass, and what comes out is believed as little as what a store loads.
///
/// Every method may be called from any thread. Errors are those of WalletStore; what was imported
/// when a method returns is durable as a commit is.
class WalletArchive {
 public:
  virtual ~WalletArchive() = default;

  /// From the beginning when `cursor` is empty. In no order, about `limit`, at least 1, to a page;
  /// one wallet may come several times, each that is there throughout comes at least once.
  [[nodiscard]] virtual Result<ArchivePage<WalletId>> list_wallets(const std::string& cursor,
                                                                   std::size_t limit) = 0;
  /// Those of the wallets that are there, in the order asked for.
  [[nodiscard]] virtual Result<std::vector<WalletImage>> export_wallets(
      std::span<const WalletId> wallets) = 0;
  /// Each wallet is afterwards what its image says, version included: whatever was there of it is
  /// gone. Each is done as a whole or not at all; after an error some may be done.
  [[nodiscard]] virtual Status import_wallets(std::span<const WalletImage> images) = 0;

  /// As list_wallets.
  [[nodiscard]] virtual Result<ArchivePage<IndexEntry>> list_index(const std::string& cursor,
                                                                   std::size_t limit) = 0;
  /// Of wallets that were imported before: entries of others may be left out. Entries that are
  /// there already are no error. `internal` when one of a unique kind leads to another wallet,
  /// which it still does then; after an error some of the entries may be there.
  [[nodiscard]] virtual Status import_index(std::span<const IndexEntry> entries) = 0;

  /// nullopt when there is none.
  [[nodiscard]] virtual Result<std::optional<StoredWallet>> load_vault_record(
      VaultRecord which) = 0;
  /// In place of what is there, with its version.
  [[nodiscard]] virtual Status import_vault_record(VaultRecord which,
                                                   const StoredWallet& record) = 0;
};

}  // namespace cardvault
