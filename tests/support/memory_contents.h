#pragma once

#include <algorithm>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <tuple>

#include "vault/storage/wallet_store.h"

namespace cardvault {

/// The data of a store in memory, ordered so that lists are repeatable. Readers and writers hold
/// `mutex`.
struct MemoryContents {
  struct Due {
    Time at{};
    std::optional<Time> held_until;
  };
  struct Wallet {
    StoredWallet wallet;
    std::map<CardId, SealedRecord> pans;
    std::map<std::uint64_t, AuditRow> audit;
    std::optional<Due> due;
  };
  using IndexRow = std::tuple<IndexKind, Digest, WalletId>;

  std::mutex mutex;
  std::map<WalletId, Wallet> wallets;
  std::set<IndexRow> index;
  std::map<VaultRecord, StoredWallet> vault_records;

  /// The wallets of this index entry.
  [[nodiscard]] std::vector<WalletId> holders(const IndexKey& key) const {
    std::vector<WalletId> found;
    for (auto row = index.lower_bound({key.kind, key.value, WalletId{}}); row != index.end();
         ++row) {
      if (std::get<0>(*row) != key.kind || std::get<1>(*row) != key.value) break;
      found.push_back(std::get<2>(*row));
    }
    return found;
  }

  /// See WalletStore::list_wallets. The cursor is the last wallet.
  [[nodiscard]] ArchivePage<WalletId> list_wallets(const std::string& cursor,
                                                   std::size_t limit) const {
    IdBits last;
    std::ranges::copy(as_bytes(cursor), last.bytes.begin());
    auto at = cursor.empty() ? wallets.begin() : wallets.upper_bound(WalletId(last));
    ArchivePage<WalletId> page;
    for (; at != wallets.end() && page.items.size() < limit; ++at) page.items.push_back(at->first);
    if (at != wallets.end()) page.next = as_text(page.items.back().bits().bytes);
    return page;
  }
};

}  // namespace cardvault
