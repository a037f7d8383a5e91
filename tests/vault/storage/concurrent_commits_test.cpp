#include <array>
#include <atomic>
#include <barrier>
#include <catch2/catch_template_test_macros.hpp>
#include <set>
#include <thread>

#include "tests/vault/storage/store_fixture.h"
#include "vault/storage/error_codes.h"

namespace cardvault::test {
namespace {

/// Runs `body(0)` to `body(count - 1)` at once. The body must not use Catch's assertions.
template <class Body>
void in_parallel(std::uint32_t count, Body body) {
  std::barrier start(count);
  std::vector<std::thread> threads;
  for (std::uint32_t n = 0; n < count; ++n) {
    threads.emplace_back([&, n] {
      start.arrive_and_wait();
      body(n);
    });
  }
  for (auto& thread : threads) thread.join();
}

bool committed(const Result<CommitOutcome>& outcome) {
  return outcome && *outcome == CommitOutcome::committed;
}

TEMPLATE_LIST_TEST_CASE("of many concurrent commits on one wallet exactly one wins each version",
                        "[conformance]", Adapters) {
  constexpr std::uint32_t kThreads = 8;
  constexpr std::uint64_t kVersions = 30;
  TestType adapter;
  const auto store = adapter.make();
  std::array<std::atomic<int>, kVersions> wins{};
  std::atomic<int> surprises{0};
  in_parallel(kThreads, [&](std::uint32_t) {
    for (std::uint64_t version = 0; version < kVersions; ++version) {
      auto change = plain_commit(1, version);
      change.audit = {audit_row(version + 1)};
      for (auto outcome = store->commit(change);; outcome = store->commit(change)) {
        if (!outcome || *outcome == CommitOutcome::index_taken) ++surprises;
        if (committed(outcome)) ++wins[version];
        const auto wallet = store->load(wallet_id(1));
        if (!wallet || (*wallet && (*wallet)->version > version)) break;
      }
    }
  });
  CHECK(surprises == 0);
  for (const auto& count : wins) CHECK(count == 1);
  CHECK(must(store->load(wallet_id(1)))->version == kVersions);
  CHECK(must(store->read_audit(wallet_id(1), 0, SIZE_MAX)).size() == kVersions);
}

TEMPLATE_LIST_TEST_CASE("64 concurrent commits on different wallets all succeed", "[conformance]",
                        Adapters) {
  constexpr std::uint32_t kThreads = 64;
  constexpr std::uint64_t kEach = 10;
  TestType adapter;
  auto store = adapter.make();
  std::atomic<std::uint32_t> landed{0};
  in_parallel(kThreads, [&](std::uint32_t n) {
    for (std::uint64_t version = 0; version < kEach; ++version) {
      auto change = plain_commit(n, version);
      change.add_index = {{IndexKind::subject, digest(n)}};
      if (committed(store->commit(change))) ++landed;
    }
  });
  CHECK(landed == kThreads * kEach);
  store = adapter.reopen(std::move(store));
  for (std::uint32_t n = 0; n < kThreads; ++n) {
    CHECK(must(store->load(wallet_id(n)))->version == kEach);
    CHECK(must(store->find({IndexKind::subject, digest(n)})) == std::vector{wallet_id(n)});
  }
}

TEMPLATE_LIST_TEST_CASE("of many wallets that claim one subject exactly one gets it",
                        "[conformance]", Adapters) {
  constexpr std::uint32_t kThreads = 32;
  TestType adapter;
  const auto store = adapter.make();
  std::atomic<int> created{0};
  std::atomic<int> refused{0};
  in_parallel(kThreads, [&](std::uint32_t n) {
    auto change = plain_commit(n, 0);
    change.add_index = {{IndexKind::subject, digest(1)}};
    const auto outcome = store->commit(change);
    if (committed(outcome)) ++created;
    if (outcome && *outcome == CommitOutcome::index_taken) ++refused;
  });
  CHECK(created == 1);
  CHECK(refused == kThreads - 1);
  CHECK(must(store->find({IndexKind::subject, digest(1)})).size() == 1);
}

TEMPLATE_LIST_TEST_CASE("a failed commit does not affect concurrent ones", "[conformance]",
                        Adapters) {
  constexpr std::uint32_t kThreads = 48;
  TestType adapter;
  const auto store = adapter.make();
  std::array<std::atomic<bool>, kThreads> as_expected{};
  in_parallel(kThreads, [&](std::uint32_t n) {
    auto change = plain_commit(n, n % 3 == 0 ? 5 : 0);
    change.audit = {audit_row(1)};
    if (n % 3 == 1) change.audit.push_back(audit_row(1));
    const auto outcome = store->commit(change);
    switch (n % 3) {
      case 0:
        as_expected[n] = outcome && *outcome == CommitOutcome::conflict;
        break;
      case 1:
        as_expected[n] = !outcome && outcome.error().code == StorageError::audit_log_damaged;
        break;
      default:
        as_expected[n] = committed(outcome);
    }
  });
  for (std::uint32_t n = 0; n < kThreads; ++n) {
    CAPTURE(n);
    CHECK(as_expected[n]);
    CHECK(must(store->load(wallet_id(n))).has_value() == (n % 3 == 2));
    CHECK(must(store->read_audit(wallet_id(n), 0, 9)).size() == (n % 3 == 2 ? 1 : 0));
  }
}

TEMPLATE_LIST_TEST_CASE("parallel claims never return the same wallet", "[conformance]", Adapters) {
  constexpr std::uint32_t kWallets = 200;
  TestType adapter;
  const auto store = adapter.make();
  for (std::uint32_t n = 0; n < kWallets; ++n) {
    auto change = plain_commit(n, 0);
    change.due = at_second(n);
    REQUIRE(must(store->commit(change)) == CommitOutcome::committed);
  }
  std::array<std::vector<WalletId>, 8> claimed;
  in_parallel(8, [&](std::uint32_t n) {
    for (;;) {
      const auto wallets = store->claim_due(at_second(1000), Seconds(600), 7);
      if (!wallets || wallets->empty()) return;
      claimed[n].insert(claimed[n].end(), wallets->begin(), wallets->end());
    }
  });
  std::set<WalletId> distinct;
  std::size_t total = 0;
  for (const auto& wallets : claimed) {
    distinct.insert(wallets.begin(), wallets.end());
    total += wallets.size();
  }
  CHECK(total == kWallets);
  CHECK(distinct.size() == kWallets);
}

TEMPLATE_LIST_TEST_CASE("a reader sees whole commits and rising versions", "[conformance]",
                        Adapters) {
  TestType adapter;
  const auto store = adapter.make();
  std::atomic<bool> stop{false};
  std::atomic<int> surprises{0};
  in_parallel(20, [&](std::uint32_t n) {
    if (n == 0) {
      for (std::uint64_t version = 0; version < 150; ++version) {
        if (!committed(store->commit(plain_commit(1, version)))) ++surprises;
      }
      stop = true;
      return;
    }
    for (std::uint64_t seen = 0; !stop;) {
      const auto wallet = store->load(wallet_id(1));
      if (!wallet) ++surprises;
      if (!wallet || !*wallet) continue;
      const auto version = (*wallet)->version;
      if (version < seen || (*wallet)->record != plain_commit(1, version - 1).record) ++surprises;
      seen = version;
    }
  });
  CHECK(surprises == 0);
  CHECK(must(store->load(wallet_id(1)))->version == 150);
}

}  // namespace
}  // namespace cardvault::test
