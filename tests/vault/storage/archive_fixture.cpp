#include "tests/vault/storage/archive_fixture.h"

#include <algorithm>

namespace cardvault::test {
namespace {

template <class Item, class List>
std::vector<Item> all_pages(List list) {
  std::vector<Item> all;
  std::string cursor;
  do {
    ArchivePage<Item> page = must(list(cursor));
    all.insert(all.end(), page.items.begin(), page.items.end());
    cursor = page.next;
  } while (!cursor.empty());
  return all;
}

}  // namespace

WalletImage image(std::uint32_t n) {
  WalletImage made{.id = wallet_id(n),
                   .wallet = {.version = 3, .record = record(n)},
                   .pans = {},
                   .audit = {audit_row(1), audit_row(2)},
                   .due = {}};
  for (std::uint32_t card = 0; card < n % 4; ++card) {
    made.pans.emplace_back(card_id(card), record(n * 10 + card, 120));
  }
  if (n % 2 == 1) made.due = at_second(n);
  return made;
}

IndexEntry entry(IndexKind kind, std::uint32_t value, std::uint32_t wallet) {
  return {{kind, digest(value)}, wallet_id(wallet)};
}

bool same(const WalletImage& one, const WalletImage& other) {
  return one.id == other.id && one.wallet.version == other.wallet.version &&
         one.wallet.record == other.wallet.record && one.pans == other.pans &&
         one.due == other.due &&
         std::ranges::equal(one.audit, other.audit, [](const AuditRow& a, const AuditRow& b) {
           return a.seq == b.seq && a.record == b.record && a.link == b.link;
         });
}

std::vector<WalletId> all_wallets(WalletArchive& archive, std::size_t limit) {
  return all_pages<WalletId>(
      [&](const std::string& cursor) { return archive.list_wallets(cursor, limit); });
}

std::vector<IndexEntry> all_entries(WalletArchive& archive, std::size_t limit) {
  return all_pages<IndexEntry>(
      [&](const std::string& cursor) { return archive.list_index(cursor, limit); });
}

}  // namespace cardvault::test
