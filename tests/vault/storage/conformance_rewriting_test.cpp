#include <algorithm>
#include <catch2/catch_template_test_macros.hpp>
#include <set>

#include "tests/vault/storage/store_fixture.h"
#include "vault/storage/error_codes.h"

namespace cardvault::test {
namespace {

// The operations of a job that rewrites every wallet: list them, write many at once, rewrite their
// logs.

AuditRow other_row(std::uint64_t seq) {
  const auto n = 5000 + static_cast<std::uint32_t>(seq);
  return {.seq = seq, .record = record(n, 90), .link = digest(n)};
}

Commit with_audit(std::uint32_t n, std::uint64_t version, std::uint64_t first, std::uint64_t last) {
  auto change = plain_commit(n, version);
  for (auto seq = first; seq <= last; ++seq) change.audit.push_back(audit_row(seq));
  return change;
}

Commit rewriting(std::uint32_t n, std::uint64_t version, std::uint64_t entries) {
  auto change = plain_commit(n, version);
  change.rewrite_audit = true;
  for (std::uint64_t seq = 1; seq <= entries; ++seq) change.audit.push_back(other_row(seq));
  return change;
}

template <class RowOf>
void check_audit(WalletStore& store, std::uint32_t n, std::uint64_t entries, RowOf row_of) {
  const auto rows = must(store.read_audit(wallet_id(n), 0, SIZE_MAX));
  REQUIRE(rows.size() == entries);
  for (const auto& row : rows) {
    CHECK(row.record == row_of(row.seq).record);
    CHECK(row.link == row_of(row.seq).link);
  }
}

TEMPLATE_LIST_TEST_CASE("a rewritten audit log has the same numbers and none of the old rows",
                        "[conformance]", Adapters) {
  TestType adapter;
  auto store = adapter.make();
  for (const std::uint32_t entries : {0U, 1U, 7U, 8U, 9U, 30U}) {
    const std::uint32_t n = 100 + entries;
    REQUIRE(must(store->commit(with_audit(n, 0, 1, entries))) == CommitOutcome::committed);
    REQUIRE(must(store->commit(rewriting(n, 1, entries))) == CommitOutcome::committed);
    check_audit(*store, n, entries, other_row);
    REQUIRE(must(store->commit(with_audit(n, 2, entries + 1, entries + 3))) ==
            CommitOutcome::committed);
    CHECK(must(store->read_audit(wallet_id(n), 0, SIZE_MAX)).size() == entries + 3);
  }
  store = adapter.reopen(std::move(store));
  CHECK(must(store->read_audit(wallet_id(130), 0, SIZE_MAX)).size() == 33);
}

TEMPLATE_LIST_TEST_CASE("an incomplete, overlong or unordered rewrite of an audit log is refused",
                        "[conformance]", Adapters) {
  TestType adapter;
  const auto store = adapter.make();
  REQUIRE(must(store->commit(with_audit(1, 0, 1, 10))) == CommitOutcome::committed);
  std::vector<Commit> wrong{rewriting(1, 1, 9), rewriting(1, 1, 11), rewriting(1, 1, 0),
                            rewriting(1, 1, 10), rewriting(1, 1, 10)};
  std::swap(wrong[3].audit[2], wrong[3].audit[3]);
  wrong[4].audit.front().seq = 0;
  for (auto& change : wrong) {
    change.put_pans = {{card_id(1), record(1)}};
    change.add_index = {{IndexKind::subject, digest(1)}};
    const auto refused = store->commit(change);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == StorageError::audit_log_damaged);
  }
  CHECK(must(store->load(wallet_id(1)))->version == 1);
  CHECK(must(store->load_pan(wallet_id(1), card_id(1))) == std::nullopt);
  CHECK(must(store->find({IndexKind::subject, digest(1)})).empty());
  check_audit(*store, 1, 10, audit_row);
}

TEMPLATE_LIST_TEST_CASE("a repair replaces an audit log of any length", "[conformance]", Adapters) {
  TestType adapter;
  const auto store = adapter.make();
  std::uint64_t version = 0;
  REQUIRE(must(store->commit(with_audit(1, version++, 1, 20))) == CommitOutcome::committed);
  for (const std::uint64_t entries : {3U, 30U, 8U, 9U, 1U}) {
    CAPTURE(entries);
    auto change = rewriting(1, version, entries);
    change.replace_damaged_audit = true;
    REQUIRE(must(store->commit(change)) == CommitOutcome::committed);
    check_audit(*store, 1, entries, other_row);
    ++version;
  }
  auto wrong = rewriting(1, version, 4);
  wrong.replace_damaged_audit = true;
  std::swap(wrong.audit[1], wrong.audit[2]);
  const auto refused = store->commit(wrong);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == StorageError::audit_log_damaged);
  check_audit(*store, 1, 1, other_row);
  REQUIRE(must(store->commit(with_audit(1, version, 2, 4))) == CommitOutcome::committed);
}

TEMPLATE_LIST_TEST_CASE("a conflict rewrites no audit log", "[conformance]", Adapters) {
  TestType adapter;
  const auto store = adapter.make();
  REQUIRE(must(store->commit(with_audit(1, 0, 1, 10))) == CommitOutcome::committed);
  CHECK(must(store->commit(rewriting(1, 2, 10))) == CommitOutcome::conflict);
  CHECK(must(store->commit(rewriting(2, 1, 0))) == CommitOutcome::conflict);
  check_audit(*store, 1, 10, audit_row);
}

TEMPLATE_LIST_TEST_CASE("many commits at once: each has its own outcome and does not affect others",
                        "[conformance]", Adapters) {
  TestType adapter;
  auto store = adapter.make();
  CHECK(must(store->commit_all({})).empty());
  const IndexKey subject{IndexKind::subject, digest(1)};
  auto holder = plain_commit(1, 0);
  holder.add_index = {subject};
  REQUIRE(must(store->commit(holder)) == CommitOutcome::committed);
  std::vector<Commit> changes;
  for (std::uint32_t n = 10; n < 10 + kMostCommitsAtOnce; ++n) {
    changes.push_back(with_audit(n, 0, 1, 2));
    changes.back().put_pans = {{card_id(n), record(n)}};
    changes.back().due = at_second(n);
  }
  changes[3].expected_version = 7;
  changes[5].add_index = {subject};
  const auto outcomes = must(store->commit_all(changes));
  REQUIRE(outcomes.size() == changes.size());
  store = adapter.reopen(std::move(store));
  for (std::size_t i = 0; i < changes.size(); ++i) {
    CAPTURE(i);
    const auto expected = i == 3   ? CommitOutcome::conflict
                          : i == 5 ? CommitOutcome::index_taken
                                   : CommitOutcome::committed;
    const bool is_there = expected == CommitOutcome::committed;
    CHECK(outcomes[i] == expected);
    const auto& change = changes[i];
    CHECK(must(store->load(change.wallet)).has_value() == is_there);
    CHECK(must(store->load_pan(change.wallet, change.put_pans[0].first)).has_value() == is_there);
    CHECK(must(store->read_audit(change.wallet, 0, 9)).size() == (is_there ? 2 : 0));
  }
  CHECK(must(store->list_due(WalletId(), SIZE_MAX)).size() == changes.size() - 2);
}

TEMPLATE_LIST_TEST_CASE(
    "many commits at once: after an error each is done completely or not at all", "[conformance]",
    Adapters) {
  TestType adapter;
  const auto store = adapter.make();
  std::vector<Commit> changes;
  for (std::uint32_t n = 1; n <= 20; ++n) changes.push_back(with_audit(n, 0, 1, 3));
  changes[7].audit.front().seq = 2;
  const auto refused = store->commit_all(changes);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == StorageError::audit_log_damaged);
  for (std::uint32_t n = 1; n <= 20; ++n) {
    const auto entries = must(store->read_audit(wallet_id(n), 0, 9)).size();
    CHECK(entries == (must(store->load(wallet_id(n))) ? 3 : 0));
  }
  CHECK(must(store->load(wallet_id(8))) == std::nullopt);
}

TEMPLATE_LIST_TEST_CASE("more commits at once than the limit are refused completely",
                        "[conformance]", Adapters) {
  TestType adapter;
  const auto store = adapter.make();
  std::vector<Commit> changes;
  for (std::uint32_t n = 0; n <= kMostCommitsAtOnce; ++n) changes.push_back(plain_commit(n, 0));
  const auto refused = store->commit_all(changes);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::internal);
  CHECK(must(store->load(wallet_id(0))) == std::nullopt);
}

/// The items of all pages. `between` runs after each page.
std::vector<WalletId> all_listed(
    WalletStore& store, std::size_t limit, const std::function<void()>& between = [] {}) {
  std::vector<WalletId> all;
  std::string cursor;
  do {
    const auto page = must(store.list_wallets(cursor, limit));
    all.insert(all.end(), page.items.begin(), page.items.end());
    cursor = page.next;
    between();
  } while (!cursor.empty());
  return all;
}

TEMPLATE_LIST_TEST_CASE("the store lists every wallet in pages and ends", "[conformance]",
                        Adapters) {
  TestType adapter;
  const auto store = adapter.make();
  CHECK(all_listed(*store, 10).empty());
  std::vector<Commit> changes;
  std::set<WalletId> ids;
  for (std::uint32_t n = 0; n < 120; ++n) {
    changes.push_back(plain_commit(n, 0));
    changes.back().due = at_second(n);
    changes.back().add_index = {{IndexKind::subject, digest(n)}};
    ids.insert(wallet_id(n));
  }
  must(store->commit_all(changes));
  for (const std::size_t limit : {1U, 7U, 40U, 120U, 1000U}) {
    CAPTURE(limit);
    const auto all = all_listed(*store, limit);
    CHECK(std::set(all.begin(), all.end()) == ids);
  }
}

TEMPLATE_LIST_TEST_CASE(
    "the store lists every existing wallet although others are written meanwhile", "[conformance]",
    Adapters) {
  TestType adapter;
  const auto store = adapter.make();
  std::set<WalletId> before;
  for (std::uint32_t n = 1000; n < 1150; ++n) {
    REQUIRE(must(store->commit(plain_commit(n, 0))) == CommitOutcome::committed);
    before.insert(wallet_id(n));
  }
  std::uint32_t added = 0;
  const auto write = [&] {
    if (added > 400) return;
    for (int i = 0; i < 20; ++i, ++added) {
      // Ids below and above the existing ones.
      must(store->commit(plain_commit(added % 2 == 0 ? 900 - added : 1200 + added, 0)));
    }
    must(store->commit(plain_commit(1000 + added / 20, 1)));
  };
  const auto all = all_listed(*store, 10, write);
  const std::set listed(all.begin(), all.end());
  CHECK(added > 100);
  CHECK(std::ranges::includes(listed, before));
}

TEMPLATE_LIST_TEST_CASE("compact keeps all contents and commits go on", "[conformance]", Adapters) {
  TestType adapter;
  auto store = adapter.make();
  must(store->compact());
  for (std::uint32_t n = 1; n <= 50; ++n) {
    auto change = with_audit(n, 0, 1, 20);
    change.put_pans = {{card_id(1), record(n)}, {card_id(2), record(n)}};
    change.add_index = {{IndexKind::subject, digest(n)}};
    REQUIRE(must(store->commit(change)) == CommitOutcome::committed);
    change = rewriting(n, 1, 20);
    change.delete_pans = {card_id(1)};
    change.due = at_second(n);
    REQUIRE(must(store->commit(change)) == CommitOutcome::committed);
  }
  must(store->compact());
  const auto check = [&](std::uint64_t version) {
    for (std::uint32_t n = 1; n <= 50; ++n) {
      const auto wallet = must(store->load(wallet_id(n)));
      REQUIRE(wallet);
      CHECK(wallet->version == version);
      CHECK(must(store->load_pan(wallet_id(n), card_id(1))) == std::nullopt);
      CHECK(must(store->load_pan(wallet_id(n), card_id(2))) == record(n));
      CHECK(must(store->find({IndexKind::subject, digest(n)})) == std::vector{wallet_id(n)});
      check_audit(*store, n, 20, other_row);
    }
  };
  check(2);
  store = adapter.reopen(std::move(store));
  CHECK(must(store->claim_due(at_second(50), Seconds(9), 100)).size() == 50);
  for (std::uint32_t n = 1; n <= 50; ++n) {
    REQUIRE(must(store->commit(plain_commit(n, 2))) == CommitOutcome::committed);
  }
  check(3);
}

}  // namespace
}  // namespace cardvault::test
