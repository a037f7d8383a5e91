#include <atomic>
#include <catch2/catch_template_test_macros.hpp>
#include <thread>

#include "tests/vault/storage/store_fixture.h"

namespace cardvault::test {
namespace {

TEMPLATE_LIST_TEST_CASE("a snapshot has the record and the requested PAN records and audit rows",
                        "[conformance]", Adapters) {
  TestType adapter;
  const auto store = adapter.make();
  CHECK(must(store->load_snapshot(wallet_id(1), {.pans = true})) == std::nullopt);
  auto change = plain_commit(1, 0);
  change.put_pans = {{card_id(1), record(1)}, {card_id(2), record(2)}};
  for (std::uint64_t seq = 1; seq <= 30; ++seq) change.audit.push_back(audit_row(seq));
  REQUIRE(must(store->commit(change)) == CommitOutcome::committed);
  const auto bare = must(store->load_snapshot(wallet_id(1), {})).value();
  CHECK(bare.wallet.version == 1);
  CHECK(bare.wallet.record == change.record);
  CHECK(bare.pans.empty());
  CHECK(bare.audit.empty());
  const auto whole = must(store->load_snapshot(wallet_id(1), {.pans = true, .audit_limit = 100}));
  CHECK(whole->pans.size() == 2);
  CHECK(whole->audit.size() == 30);
  for (const auto& [after, limit] : {std::pair{0U, 3U}, {7U, 1U}, {8U, 17U}, {20U, 100U}}) {
    CAPTURE(after, limit);
    const auto part =
        must(store->load_snapshot(wallet_id(1), {.audit_after = after, .audit_limit = limit}));
    REQUIRE(part->audit.size() == std::min(limit, 30 - after));
    for (std::size_t i = 0; i < part->audit.size(); ++i) {
      CHECK(part->audit[i].seq == after + 1 + i);
      CHECK(part->audit[i].link == audit_row(after + 1 + i).link);
      CHECK(part->audit[i].record == audit_row(after + 1 + i).record);
    }
  }
  for (const std::uint64_t after : {std::uint64_t{30}, std::uint64_t{1} << 63U, UINT64_MAX - 600}) {
    const SnapshotParts parts{.audit_after = after, .audit_limit = 500};
    CHECK(must(store->load_snapshot(wallet_id(1), parts))->audit.empty());
    CHECK(must(store->read_audit(wallet_id(1), after, 5)).empty());
  }
}

TEMPLATE_LIST_TEST_CASE("an index entry is found per wallet although other wallets share it",
                        "[conformance]", Adapters) {
  TestType adapter;
  const auto store = adapter.make();
  const IndexKey card{IndexKind::pan_fingerprint, digest(1)};
  for (const std::uint32_t n : {1U, 2U}) {
    auto change = plain_commit(n, 0);
    change.add_index = {card};
    REQUIRE(must(store->commit(change)) == CommitOutcome::committed);
  }
  CHECK(must(store->leads_to(card, wallet_id(1))));
  CHECK(must(store->leads_to(card, wallet_id(2))));
  CHECK_FALSE(must(store->leads_to(card, wallet_id(3))));
  CHECK_FALSE(must(store->leads_to({IndexKind::subject, digest(1)}, wallet_id(1))));
  CHECK_FALSE(must(store->leads_to({IndexKind::pan_fingerprint, digest(2)}, wallet_id(1))));
  auto removed = plain_commit(1, 1);
  removed.remove_index = {card};
  REQUIRE(must(store->commit(removed)) == CommitOutcome::committed);
  CHECK_FALSE(must(store->leads_to(card, wallet_id(1))));
}

TEMPLATE_LIST_TEST_CASE("a snapshot has record, PAN records and audit rows of the same version",
                        "[conformance]", Adapters) {
  TestType adapter;
  const auto store = adapter.make();
  constexpr std::uint64_t kChanges = 60;
  std::atomic<bool> done{false};
  // Version v has v audit rows, and one PAN record if v is odd.
  std::jthread writer([&] {
    for (std::uint64_t version = 0; version < kChanges; ++version) {
      auto change = plain_commit(1, version);
      change.audit = {audit_row(version + 1)};
      change.delete_pans = {card_id(1)};
      if (version % 2 == 0) change.put_pans = {{card_id(1), record(1)}};
      if (store->commit(change) != CommitOutcome::committed) break;
    }
    done = true;
  });
  std::uint64_t wrong = 0;
  while (!done) {
    const auto snapshot =
        must(store->load_snapshot(wallet_id(1), {.pans = true, .audit_limit = kChanges}));
    if (!snapshot) continue;
    const auto version = snapshot->wallet.version;
    if (snapshot->audit.size() != version || snapshot->pans.size() != version % 2) ++wrong;
  }
  CHECK(wrong == 0);
  CHECK(must(store->load(wallet_id(1)))->version == kChanges);
}

}  // namespace
}  // namespace cardvault::test
