#include <algorithm>
#include <catch2/catch_template_test_macros.hpp>

#include "tests/vault/storage/store_fixture.h"

namespace cardvault::test {
namespace {

using Wallets = std::vector<WalletId>;

void commit_due(WalletStore& store, std::uint32_t n, std::uint64_t expected_version,
                std::optional<Time> due) {
  auto change = plain_commit(n, expected_version);
  change.due = due;
  REQUIRE(must(store.commit(change)) == CommitOutcome::committed);
}

TEMPLATE_LIST_TEST_CASE("due wallets are claimed oldest first up to the limit", "[conformance]",
                        Adapters) {
  TestType adapter;
  const auto store = adapter.make();
  commit_due(*store, 1, 0, at_second(30));
  commit_due(*store, 2, 0, at_second(10));
  commit_due(*store, 3, 0, at_second(20));
  commit_due(*store, 4, 0, at_second(31));
  commit_due(*store, 5, 0, std::nullopt);
  CHECK(must(store->claim_due(at_second(9), Seconds(60), 10)).empty());
  CHECK(must(store->claim_due(at_second(30), Seconds(60), 0)).empty());
  CHECK(must(store->claim_due(at_second(30), Seconds(60), 2)) ==
        Wallets{wallet_id(2), wallet_id(3)});
  CHECK(must(store->claim_due(at_second(30), Seconds(60), 2)) == Wallets{wallet_id(1)});
}

TEMPLATE_LIST_TEST_CASE("a claimed wallet is not claimed again until its lease ends",
                        "[conformance]", Adapters) {
  TestType adapter;
  const auto store = adapter.make();
  commit_due(*store, 1, 0, at_second(10));
  REQUIRE(must(store->claim_due(at_second(10), Seconds(60), 9)).size() == 1);
  CHECK(must(store->claim_due(at_second(69), Seconds(60), 9)).empty());
  CHECK(must(store->claim_due(at_second(70), Seconds(60), 9)) == Wallets{wallet_id(1)});
}

TEMPLATE_LIST_TEST_CASE("a commit ends the lease and sets or clears the due time", "[conformance]",
                        Adapters) {
  TestType adapter;
  const auto store = adapter.make();
  commit_due(*store, 1, 0, at_second(10));
  REQUIRE(must(store->claim_due(at_second(10), Seconds(600), 9)).size() == 1);
  commit_due(*store, 1, 1, at_second(15));
  CHECK(must(store->claim_due(at_second(14), Seconds(600), 9)).empty());
  CHECK(must(store->claim_due(at_second(15), Seconds(600), 9)) == Wallets{wallet_id(1)});
  commit_due(*store, 1, 2, std::nullopt);
  CHECK(must(store->claim_due(at_second(9999), Seconds(600), 9)).empty());
}

TEMPLATE_LIST_TEST_CASE("a conflicting commit keeps the lease", "[conformance]", Adapters) {
  TestType adapter;
  const auto store = adapter.make();
  commit_due(*store, 1, 0, at_second(10));
  REQUIRE(must(store->claim_due(at_second(10), Seconds(600), 9)).size() == 1);
  auto late = plain_commit(1, 7);
  late.due = at_second(10);
  CHECK(must(store->commit(late)) == CommitOutcome::conflict);
  CHECK(must(store->claim_due(at_second(11), Seconds(600), 9)).empty());
}

TEMPLATE_LIST_TEST_CASE("a lease from before the clock was set back does not hold a wallet",
                        "[conformance]", Adapters) {
  TestType adapter;
  const auto store = adapter.make();
  commit_due(*store, 1, 0, at_second(10));
  REQUIRE(must(store->claim_due(at_second(5000), Seconds(60), 9)).size() == 1);
  CHECK(must(store->claim_due(at_second(4939), Seconds(60), 9)) == Wallets{wallet_id(1)});
  CHECK(must(store->claim_due(at_second(4939), Seconds(60), 9)).empty());
}

TEMPLATE_LIST_TEST_CASE("a claim by a clock up to a lease behind does not take a held wallet",
                        "[conformance]", Adapters) {
  TestType adapter;
  const auto store = adapter.make();
  commit_due(*store, 1, 0, at_second(10));
  REQUIRE(must(store->claim_due(at_second(5000), Seconds(60), 9)).size() == 1);
  CHECK(must(store->claim_due(at_second(5000) - std::chrono::milliseconds(1), Seconds(60), 9))
            .empty());
  CHECK(must(store->claim_due(at_second(4940), Seconds(60), 9)).empty());
}

TEMPLATE_LIST_TEST_CASE("every wallet with a due time is listed by id, claimed or not",
                        "[conformance]", Adapters) {
  TestType adapter;
  const auto store = adapter.make();
  commit_due(*store, 3, 0, at_second(30));
  commit_due(*store, 1, 0, at_second(999));
  commit_due(*store, 2, 0, std::nullopt);
  commit_due(*store, 4, 0, at_second(10));
  REQUIRE(must(store->claim_due(at_second(10), Seconds(60), 1)).size() == 1);
  const auto all = must(store->list_due(WalletId(), 9));
  Wallets expected{wallet_id(1), wallet_id(3), wallet_id(4)};
  std::ranges::sort(expected);
  CHECK(all == expected);
  CHECK(must(store->list_due(WalletId(), 2)) == Wallets{expected[0], expected[1]});
  CHECK(must(store->list_due(expected[1], 2)) == Wallets{expected[2]});
  CHECK(must(store->list_due(expected[2], 2)).empty());
  CHECK(must(store->list_due(WalletId(), 0)).empty());
}

TEMPLATE_LIST_TEST_CASE("a lease survives reopening", "[conformance]", Adapters) {
  TestType adapter;
  auto store = adapter.make();
  commit_due(*store, 1, 0, at_second(10));
  REQUIRE(must(store->claim_due(at_second(10), Seconds(60), 9)).size() == 1);
  store = adapter.reopen(std::move(store));
  CHECK(must(store->claim_due(at_second(20), Seconds(60), 9)).empty());
  CHECK(must(store->claim_due(at_second(70), Seconds(60), 9)).size() == 1);
}

}  // namespace
}  // namespace cardvault::test
