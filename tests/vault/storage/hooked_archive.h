#pragma once

#include <functional>
#include <utility>
#include <vector>

#include "vault/storage/wallet_archive.h"

namespace cardvault::test {

/// An archive that runs hooks of a test before each operation. Hooks are called from any thread.
class HookedArchive final : public WalletArchive {
 public:
  explicit HookedArchive(WalletArchive& inner) : inner_(inner) {}

  /// Runs before each operation. If it returns an error, that is the result.
  std::function<Status()> before = [] { return Status{}; };
  /// May change the written data.
  std::function<void(WalletImage&)> importing = [](WalletImage&) {};
  std::function<void(std::vector<IndexEntry>&)> importing_index = [](auto&) {};
  /// Every page comes twice, after one page without items.
  bool repeats = false;

  Result<ArchivePage<WalletId>> list_wallets(const std::string& cursor,
                                             std::size_t limit) override {
    return listed<WalletId>(
        cursor, [&](const std::string& inner) { return inner_.list_wallets(inner, limit); });
  }
  Result<std::vector<WalletImage>> export_wallets(std::span<const WalletId> wallets) override {
    if (const auto may = before(); !may) return fail(may.error());
    return inner_.export_wallets(wallets);
  }
  Status import_wallets(std::span<const WalletImage> images) override {
    if (const auto may = before(); !may) return may;
    std::vector<WalletImage> changed(images.begin(), images.end());
    for (WalletImage& image : changed) importing(image);
    return inner_.import_wallets(changed);
  }
  Result<ArchivePage<IndexEntry>> list_index(const std::string& cursor,
                                             std::size_t limit) override {
    return listed<IndexEntry>(
        cursor, [&](const std::string& inner) { return inner_.list_index(inner, limit); });
  }
  Status import_index(std::span<const IndexEntry> entries) override {
    if (const auto may = before(); !may) return may;
    std::vector<IndexEntry> changed(entries.begin(), entries.end());
    importing_index(changed);
    return inner_.import_index(changed);
  }
  Result<std::optional<StoredWallet>> load_vault_record(VaultRecord which) override {
    if (const auto may = before(); !may) return fail(may.error());
    return inner_.load_vault_record(which);
  }
  Status import_vault_record(VaultRecord which, const StoredWallet& record) override {
    if (const auto may = before(); !may) return may;
    return inner_.import_vault_record(which, record);
  }

 private:
  /// With `repeats`, a cursor is the number of times its page was given, followed by the inner
  /// cursor.
  template <class Item, class List>
  Result<ArchivePage<Item>> listed(const std::string& cursor, const List& list) {
    if (const auto may = before(); !may) return fail(may.error());
    if (!repeats) return list(cursor);
    const int given = cursor.empty() ? 0 : cursor.front() - '0';
    const std::string inner = cursor.empty() ? cursor : cursor.substr(1);
    if (given == 0) return ArchivePage<Item>{.items = {}, .next = "1" + inner};
    auto page = list(inner);
    if (!page) return page;
    if (given == 1) {
      page->next = "2" + inner;
    } else if (!page->next.empty()) {
      page->next.insert(0, "0");
    }
    return page;
  }

  WalletArchive& inner_;
};

}  // namespace cardvault::test
