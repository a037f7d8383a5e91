#include "vault/storage/copy/online_copy.h"

#include <algorithm>
#include <utility>

#include "vault/storage/copy/steps.h"
#include "vault/storage/copy/store_tally.h"

namespace cardvault {
namespace {

class OnlineCopy {
 public:
  OnlineCopy(WalletArchive& source, WalletArchive& target) : source_(source), target_(target) {}

  Status run(std::size_t workers) {
    TRY_VALUE(const auto keyring, source_record(VaultRecord::keyring));
    TRY_VALUE(auto wallets, list_all_wallets(source_));
    wallets_ = std::move(wallets);
    TRY_VALUE(const auto cards, index_of_cards());
    TRY(copy_wallets(workers));
    TRY(target_.import_index(cards));
    TRY(copy_index());
    return copy_records(keyring);
  }

 private:
  Result<StoredWallet> source_record(VaultRecord which) {
    TRY_VALUE(auto loaded, source_.load_vault_record(which));
    if (loaded) return std::move(*loaded);
    return fail(ErrorCode::write_conflict,
                "The source holds no vault: it has no keyring or no clients.");
  }

  /// Calls `take` with the entries of copied wallets, one page at a time.
  template <class Take>
  Status read_index(const Take& take) {
    std::string cursor;
    do {
      TRY_VALUE(auto page, source_.list_index(cursor, kIndexPage));
      std::erase_if(page.items, [this](const IndexEntry& entry) {
        return !std::ranges::binary_search(wallets_, entry.wallet);
      });
      TRY(take(page.items));
      cursor = std::move(page.next);
    } while (!cursor.empty());
    return {};
  }

  Result<std::vector<IndexEntry>> index_of_cards() {
    std::vector<IndexEntry> cards;
    TRY(read_index([&](const std::vector<IndexEntry>& entries) -> Status {
      std::ranges::copy_if(entries, std::back_inserter(cards),
                           [](const IndexEntry& entry) { return !is_unique(entry.key.kind); });
      return {};
    }));
    return cards;
  }

  Status copy_wallets(std::size_t workers) {
    Batches batches(wallets_);
    return run_steps(workers, [&]() -> Result<bool> {
      const std::size_t begin = batches.take();
      if (begin >= batches.size()) return false;
      TRY_VALUE(const auto images, source_.export_wallets(batches.at(begin)));
      TRY(target_.import_wallets(images));
      return true;
    });
  }

  Status copy_index() {
    return read_index(
        [this](const std::vector<IndexEntry>& entries) { return target_.import_index(entries); });
  }

  Status copy_records(const StoredWallet& keyring) {
    TRY_VALUE(const auto clients, source_record(VaultRecord::clients));
    TRY_VALUE(const auto now, source_record(VaultRecord::keyring));
    if (now.version != keyring.version || now.record != keyring.record) {
      return fail(ErrorCode::write_conflict,
                  "The keyring was changed while the wallets were read. Try again.");
    }
    auto put = target_.import_vault_record(VaultRecord::clients, clients);
    if (put) put = target_.import_vault_record(VaultRecord::keyring, keyring);
    return put;
  }

  WalletArchive& source_;
  WalletArchive& target_;
  std::vector<WalletId> wallets_;  ///< sorted
};

}  // namespace

Status copy_while_used(WalletArchive& source, WalletArchive& target, std::size_t workers) {
  return OnlineCopy(source, target).run(workers);
}

}  // namespace cardvault
