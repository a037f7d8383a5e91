#include <algorithm>
#include <charconv>
#include <utility>

#include "tests/support/memory_contents.h"
#include "tests/support/memory_store.h"

namespace cardvault {
namespace {

/// A cursor is the number of items before its page.
std::size_t position_of(const std::string& cursor) {
  std::size_t position = 0;
  std::from_chars(cursor.data(), cursor.data() + cursor.size(), position);
  return position;
}

ArchivePage<IndexEntry> page_of(const std::set<MemoryContents::IndexRow>& all,
                                const std::string& cursor, std::size_t limit) {
  const std::size_t begin = std::min(position_of(cursor), all.size());
  const std::size_t count = std::min(limit, all.size() - begin);
  ArchivePage<IndexEntry> page;
  auto at = std::next(all.begin(), static_cast<std::ptrdiff_t>(begin));
  for (std::size_t i = 0; i < count; ++i, ++at) {
    const auto& [kind, value, wallet] = *at;
    page.items.push_back({{kind, value}, wallet});
  }
  if (begin + count < all.size()) page.next = std::to_string(begin + count);
  return page;
}

WalletImage image_of(const WalletId& id, const MemoryContents::Wallet& kept) {
  WalletImage image{.id = id,
                    .wallet = kept.wallet,
                    .pans = {kept.pans.begin(), kept.pans.end()},
                    .audit = {},
                    .due = {}};
  for (const auto& [seq, row] : kept.audit) image.audit.push_back(row);
  if (kept.due) image.due = kept.due->at;
  return image;
}

MemoryContents::Wallet wallet_of(const WalletImage& image) {
  MemoryContents::Wallet wallet;
  wallet.wallet = image.wallet;
  wallet.pans.insert(image.pans.begin(), image.pans.end());
  for (const AuditRow& row : image.audit) wallet.audit.emplace(row.seq, row);
  if (image.due) wallet.due = MemoryContents::Due{.at = *image.due, .held_until = {}};
  return wallet;
}

class MemoryArchive final : public WalletArchive {
 public:
  explicit MemoryArchive(std::shared_ptr<MemoryContents> contents)
      : contents_(std::move(contents)) {}

  Result<ArchivePage<WalletId>> list_wallets(const std::string& cursor,
                                             std::size_t limit) override {
    const std::lock_guard lock(contents_->mutex);
    return contents_->list_wallets(cursor, limit);
  }

  Result<std::vector<WalletImage>> export_wallets(std::span<const WalletId> wallets) override {
    const std::lock_guard lock(contents_->mutex);
    std::vector<WalletImage> images;
    for (const WalletId& id : wallets) {
      const auto found = contents_->wallets.find(id);
      if (found != contents_->wallets.end()) images.push_back(image_of(id, found->second));
    }
    return images;
  }

  Status import_wallets(std::span<const WalletImage> images) override {
    const std::lock_guard lock(contents_->mutex);
    for (const WalletImage& image : images) {
      contents_->wallets.insert_or_assign(image.id, wallet_of(image));
    }
    return {};
  }

  Result<ArchivePage<IndexEntry>> list_index(const std::string& cursor,
                                             std::size_t limit) override {
    const std::lock_guard lock(contents_->mutex);
    return page_of(contents_->index, cursor, limit);
  }

  Status import_index(std::span<const IndexEntry> entries) override {
    const std::lock_guard lock(contents_->mutex);
    for (const IndexEntry& entry : entries) {
      const auto holders = contents_->holders(entry.key);
      const bool is_there = std::ranges::find(holders, entry.wallet) != holders.end();
      if (is_unique(entry.key.kind) && !holders.empty() && !is_there) {
        return fail(ErrorCode::internal, "The store refused the change.",
                    OperatorText{"an index entry leads to another wallet"});
      }
      contents_->index.emplace(entry.key.kind, entry.key.value, entry.wallet);
    }
    return {};
  }

  Result<std::optional<StoredWallet>> load_vault_record(VaultRecord which) override {
    const std::lock_guard lock(contents_->mutex);
    const auto found = contents_->vault_records.find(which);
    if (found == contents_->vault_records.end()) return std::nullopt;
    return found->second;
  }

  Status import_vault_record(VaultRecord which, const StoredWallet& record) override {
    const std::lock_guard lock(contents_->mutex);
    contents_->vault_records.insert_or_assign(which, record);
    return {};
  }

 private:
  const std::shared_ptr<MemoryContents> contents_;
};

}  // namespace

std::unique_ptr<WalletArchive> make_memory_archive(std::shared_ptr<MemoryContents> contents) {
  return std::make_unique<MemoryArchive>(std::move(contents));
}

}  // namespace cardvault
