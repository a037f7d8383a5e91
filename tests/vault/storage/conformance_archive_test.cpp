#include <algorithm>
#include <catch2/catch_template_test_macros.hpp>
#include <set>

#include "tests/vault/storage/archive_fixture.h"

namespace cardvault::test {
namespace {

using enum IndexKind;

Commit rich_commit(std::uint32_t n) {
  auto change = plain_commit(n, 0);
  change.put_pans = {{card_id(2), record(2)}, {card_id(1), record(1, 9000)}};
  change.audit = {audit_row(1), audit_row(2)};
  change.add_index = {{subject, digest(n)}, {pan_fingerprint, digest(7)}};
  change.due = at_second(20);
  return change;
}

std::vector<WalletImage> exported(WalletArchive& archive, std::vector<WalletId> wallets) {
  return must(archive.export_wallets(wallets));
}

void import(WalletArchive& archive, std::vector<WalletImage> images) {
  must(archive.import_wallets(images));
}

TEMPLATE_LIST_TEST_CASE("archive: an image holds the committed state in order", "[conformance]",
                        ArchiveAdapters) {
  TestType adapter;
  const auto change = rich_commit(1);
  {
    const auto store = adapter.store();
    REQUIRE(must(store->commit(change)) == CommitOutcome::committed);
    REQUIRE(must(store->commit(plain_commit(2, 0))) == CommitOutcome::committed);
    REQUIRE(must(store->commit(plain_commit(2, 1))) == CommitOutcome::committed);
  }
  const auto archive = adapter.archive();
  const auto images = exported(*archive, {wallet_id(2), wallet_id(9), wallet_id(1)});
  REQUIRE(images.size() == 2);
  const WalletImage plain{.id = wallet_id(2),
                          .wallet = {.version = 2, .record = plain_commit(2, 1).record},
                          .pans = {},
                          .audit = {},
                          .due = {}};
  CHECK(same(images[0], plain));
  const WalletImage rich{.id = wallet_id(1),
                         .wallet = {.version = 1, .record = change.record},
                         .pans = {change.put_pans[1], change.put_pans[0]},
                         .audit = change.audit,
                         .due = change.due};
  CHECK(same(images[1], rich));
}

TEMPLATE_LIST_TEST_CASE("archive: the store serves imported wallets and commits on them",
                        "[conformance]", ArchiveAdapters) {
  TestType adapter;
  const WalletImage whole = image(3);
  {
    const auto archive = adapter.archive();
    import(*archive, {whole, image(4)});
    must(archive->import_index(std::vector{entry(subject, 1, 3), entry(pan_fingerprint, 2, 3),
                                           entry(pan_fingerprint, 2, 4)}));
  }
  const auto store = adapter.store();
  const auto loaded = must(store->load(whole.id));
  REQUIRE(loaded);
  CHECK(loaded->version == 3);
  CHECK((loaded->record == whole.wallet.record));
  CHECK((must(store->load_pan(whole.id, card_id(2))) == whole.pans[2].second));
  CHECK(must(store->read_audit(whole.id, 0, 9)).size() == 2);
  CHECK(must(store->find({subject, digest(1)})) == std::vector{wallet_id(3)});
  CHECK(must(store->find({pan_fingerprint, digest(2)})) == std::vector{wallet_id(3), wallet_id(4)});
  CHECK(must(store->list_due(WalletId(), 9)) == std::vector{whole.id});
  CHECK(must(store->claim_due(at_second(2), Seconds(9), 9)).empty());
  CHECK(must(store->claim_due(at_second(3), Seconds(9), 9)) == std::vector{whole.id});

  auto next = plain_commit(3, 3);
  next.audit = {audit_row(2)};
  CHECK_FALSE(store->commit(next));
  next.audit = {audit_row(3)};
  CHECK(must(store->commit(next)) == CommitOutcome::committed);
  auto other = plain_commit(5, 0);
  other.add_index = {{subject, digest(1)}};
  CHECK(must(store->commit(other)) == CommitOutcome::index_taken);
}

TEMPLATE_LIST_TEST_CASE("archive: an import leaves nothing of the wallet's previous state",
                        "[conformance]", ArchiveAdapters) {
  TestType adapter;
  const auto archive = adapter.archive();
  WalletImage before = image(7);
  before.wallet.version = 9;
  before.audit.push_back(audit_row(3));
  import(*archive, {before, image(2)});
  WalletImage after = image(7);
  after.pans = {{card_id(5), record(5)}};
  after.audit = {audit_row(1)};
  after.due.reset();
  import(*archive, {after});
  const auto images = exported(*archive, {wallet_id(7), wallet_id(2)});
  REQUIRE(images.size() == 2);
  CHECK(same(images[0], after));
  CHECK(same(images[1], image(2)));
  CHECK(all_wallets(*archive, 100).size() == 2);
}

TEMPLATE_LIST_TEST_CASE("archive: an image does not carry a claim", "[conformance]",
                        ArchiveAdapters) {
  TestType adapter;
  {
    const auto store = adapter.store();
    REQUIRE(must(store->commit(rich_commit(1))) == CommitOutcome::committed);
    REQUIRE(must(store->claim_due(at_second(20), Seconds(600), 9)).size() == 1);
  }
  std::vector<WalletImage> images;
  {
    const auto archive = adapter.archive();
    images = exported(*archive, {wallet_id(1)});
    REQUIRE(images.size() == 1);
    CHECK(images[0].due == at_second(20));
  }
  TestType other;
  import(*other.archive(), images);
  CHECK(must(other.store()->claim_due(at_second(21), Seconds(600), 9)).size() == 1);
}

TEMPLATE_LIST_TEST_CASE("archive: the pages list every wallet and end", "[conformance]",
                        ArchiveAdapters) {
  TestType adapter;
  const auto archive = adapter.archive();
  CHECK(all_wallets(*archive, 10).empty());
  CHECK(exported(*archive, {}).empty());
  import(*archive, {});
  std::vector<WalletImage> images;
  std::set<WalletId> ids;
  for (std::uint32_t n = 0; n < 120; ++n) {
    images.push_back(image(n));
    ids.insert(wallet_id(n));
  }
  import(*archive, images);
  for (const std::size_t limit : {1U, 7U, 40U, 120U, 1000U}) {
    CAPTURE(limit);
    const auto all = all_wallets(*archive, limit);
    CHECK(std::set(all.begin(), all.end()) == ids);
  }
}

TEMPLATE_LIST_TEST_CASE("archive: the pages list every index entry and end", "[conformance]",
                        ArchiveAdapters) {
  TestType adapter;
  const auto archive = adapter.archive();
  CHECK(all_entries(*archive, 10).empty());
  must(archive->import_index({}));
  std::vector<IndexEntry> entries;
  std::vector<WalletImage> images;
  for (std::uint32_t n = 0; n < 60; ++n) {
    images.push_back(image(n));
    entries.push_back(entry(subject, n, n));
    entries.push_back(entry(pan_fingerprint, n % 9, n));
    entries.push_back(entry(creation_key, 1000 + n, n));
  }
  import(*archive, images);
  must(archive->import_index(entries));
  must(archive->import_index(entries));
  for (const std::size_t limit : {1U, 7U, 40U, 180U, 1000U}) {
    CAPTURE(limit);
    const auto all = all_entries(*archive, limit);
    CHECK(std::ranges::all_of(
        entries, [&](const auto& one) { return std::ranges::find(all, one) != all.end(); }));
    CHECK(std::ranges::all_of(
        all, [&](const auto& one) { return std::ranges::find(entries, one) != entries.end(); }));
  }
}

TEMPLATE_LIST_TEST_CASE("archive: a unique index entry of another wallet is refused and unchanged",
                        "[conformance]", ArchiveAdapters) {
  TestType adapter;
  const auto archive = adapter.archive();
  import(*archive, std::vector{image(1), image(2)});
  must(archive->import_index(std::vector{entry(subject, 1, 1), entry(creation_key, 2, 1)}));
  for (const auto& taken : {entry(subject, 1, 2), entry(creation_key, 2, 2)}) {
    const auto refused = archive->import_index(std::vector{taken});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::internal);
  }
  const auto all = all_entries(*archive, 10);
  CHECK(std::set{all[0].wallet, all[1].wallet} == std::set{wallet_id(1)});
}

TEMPLATE_LIST_TEST_CASE("archive: vault records keep their versions", "[conformance]",
                        ArchiveAdapters) {
  TestType adapter;
  {
    const auto archive = adapter.archive();
    CHECK_FALSE(must(archive->load_vault_record(VaultRecord::keyring)));
    must(archive->import_vault_record(VaultRecord::keyring, {.version = 4, .record = record(1)}));
    must(archive->import_vault_record(VaultRecord::clients, {.version = 7, .record = record(2)}));
    must(archive->import_vault_record(VaultRecord::clients, {.version = 8, .record = record(3)}));
    const auto clients = must(archive->load_vault_record(VaultRecord::clients));
    REQUIRE(clients);
    CHECK(clients->version == 8);
    CHECK((clients->record == record(3)));
  }
  const auto store = adapter.store();
  CHECK(must(store->load_vault_record(VaultRecord::keyring))->version == 4);
  CHECK(must(store->save_vault_record(VaultRecord::clients, 7, record(4))) ==
        CommitOutcome::conflict);
  CHECK(must(store->save_vault_record(VaultRecord::clients, 8, record(4))) ==
        CommitOutcome::committed);
}

TEMPLATE_LIST_TEST_CASE("archive: long audit logs and records of all sizes round-trip",
                        "[conformance]", ArchiveAdapters) {
  TestType adapter;
  WalletImage large = image(1);
  large.audit.clear();
  for (std::uint64_t seq = 1; seq <= 1500; ++seq) large.audit.push_back(audit_row(seq));
  large.wallet.record = record(1, 70'000);
  large.pans = {{card_id(1), record(2, 1)}, {card_id(2), record(3, 20'000)}};
  large.wallet.version = std::uint64_t{1} << 40U;
  import(*adapter.archive(), {large});
  const auto images = exported(*adapter.archive(), {wallet_id(1)});
  REQUIRE(images.size() == 1);
  CHECK(same(images[0], large));
}

}  // namespace
}  // namespace cardvault::test
