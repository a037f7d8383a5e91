#include "vault/storage/copy/store_tally.h"

#include <string>
#include <utility>

#include "crypto/big_endian.h"
#include "vault/storage/copy/steps.h"

namespace cardvault {
namespace {

/// Items per page. One page takes a round trip of a few milliseconds.
constexpr std::size_t kPage = 1000;

void append(Bytes& out, ByteView part) {
  append_big_endian(out, std::uint64_t{part.size()});
  out.insert(out.end(), part.begin(), part.end());
}

Digest entry_digest(const IndexEntry& entry) {
  Bytes bytes{static_cast<std::uint8_t>(entry.key.kind)};
  append(bytes, entry.key.value);
  append(bytes, entry.wallet.bits().bytes);
  return sha256(bytes);
}

template <class Item, class List, class Take>
Status read_pages(const List& list, const Take& take) {
  std::string cursor;
  do {
    Result<ArchivePage<Item>> page = list(cursor);
    if (!page) return fail(std::move(page.error()));
    for (const Item& item : page->items) take(item);
    cursor = std::move(page->next);
  } while (!cursor.empty());
  return {};
}

template <class Item>
void sort_and_thin(std::vector<Item>& items) {
  std::ranges::sort(items);
  const auto repeated = std::ranges::unique(items);
  items.erase(repeated.begin(), repeated.end());
}

/// Extends a digest by the number of `digests` and by each of them. Their order must be fixed.
void extend(Digest& so_far, const std::vector<Digest>& digests) {
  const auto take = [&](ByteView more) {
    Bytes bytes(so_far.begin(), so_far.end());
    bytes.insert(bytes.end(), more.begin(), more.end());
    so_far = sha256(bytes);
  };
  take(to_big_endian(std::uint64_t{digests.size()}));
  for (const Digest& digest : digests) take(digest);
}

}  // namespace

Digest image_digest(const WalletImage& image) {
  Bytes bytes;
  append(bytes, image.id.bits().bytes);
  append_big_endian(bytes, image.wallet.version);
  append(bytes, image.wallet.record.bytes());
  append_big_endian(bytes, std::uint64_t{image.pans.size()});
  for (const auto& [card, record] : image.pans) {
    append(bytes, card.bits().bytes);
    append(bytes, record.bytes());
  }
  append_big_endian(bytes, std::uint64_t{image.audit.size()});
  for (const AuditRow& row : image.audit) {
    append_big_endian(bytes, row.seq);
    append(bytes, row.record.bytes());
    append(bytes, row.link);
  }
  bytes.push_back(image.due ? 1 : 0);
  const Time due = image.due.value_or(Time{});
  append_big_endian(bytes, static_cast<std::uint64_t>(due.time_since_epoch().count()));
  return sha256(bytes);
}

Result<std::vector<WalletId>> list_all_wallets(WalletArchive& archive) {
  std::vector<WalletId> all;
  TRY(read_pages<WalletId>(
      [&](const std::string& cursor) { return archive.list_wallets(cursor, kPage); },
      [&](const WalletId& wallet) { all.push_back(wallet); }));
  sort_and_thin(all);
  return all;
}

Result<std::vector<WalletImage>> export_all(WalletArchive& archive,
                                            std::span<const WalletId> wallets) {
  auto images = archive.export_wallets(wallets);
  if (!images) return images;
  const bool complete = std::ranges::equal(
      *images, wallets,
      [](const WalletImage& image, const WalletId& id) { return image.id == id; });
  if (complete) return images;
  return fail(ErrorCode::write_conflict,
              "A wallet disappeared while the store was read. Stop all processes that use the "
              "store, then try again.");
}

Result<StoreTally> tally_store(
    WalletArchive& archive, std::size_t workers,
    const std::function<void(std::uint64_t more, std::uint64_t total)>& wallets_read) {
  TRY_VALUE(const auto all, list_all_wallets(archive));
  Batches batches(all);
  std::vector<Digest> digests(all.size());
  std::atomic<std::uint64_t> pans{0};
  std::atomic<std::uint64_t> audit{0};
  std::atomic<std::uint64_t> due{0};
  TRY(run_steps(workers, [&]() -> Result<bool> {
    const std::size_t begin = batches.take();
    if (begin >= batches.size()) return false;
    TRY_VALUE(const auto images, export_all(archive, batches.at(begin)));
    for (std::size_t i = 0; i < images.size(); ++i) {
      const WalletImage& image = images[i];
      digests[begin + i] = image_digest(image);
      pans += image.pans.size();
      audit += image.audit.size();
      if (image.due) ++due;
    }
    wallets_read(images.size(), batches.size());
    return true;
  }));

  std::vector<Digest> entries;
  TRY(read_pages<IndexEntry>(
      [&](const std::string& cursor) { return archive.list_index(cursor, kPage); },
      [&](const IndexEntry& entry) { entries.push_back(entry_digest(entry)); }));
  sort_and_thin(entries);

  StoreTally tally{.wallets = all.size(),
                   .pan_records = pans,
                   .audit_entries = audit,
                   .index_entries = entries.size(),
                   .due_times = due,
                   .digest = {}};
  extend(tally.digest, digests);
  extend(tally.digest, entries);
  return tally;
}

}  // namespace cardvault
