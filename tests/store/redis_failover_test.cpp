#include <algorithm>
#include <array>
#include <catch2/catch_test_macros.hpp>
#include <iostream>

#include "redis_fixture.h"
#include "tests/support/soon.h"
#include "tests/vault/in_parallel.h"
#include "vault/store/redis/slot.h"
#include "vault/store/redis/wallet_value.h"

namespace cardvault::test {
namespace {

constexpr std::uint32_t kBinds = 1000;
constexpr int kCallers = 8;
constexpr std::chrono::milliseconds kAfterRefusal{10};
/// A failover begins after a second without answer; callers do not wait for its end.
constexpr std::chrono::milliseconds kTimeout{500};

RedisOptions replicated(const std::string& url, std::chrono::milliseconds timeout) {
  auto options = redis_options(url, timeout);
  options.wait_replicas = 1;
  return options;
}

std::uint32_t wallet_of_slots(int first, int last) {
  for (std::uint32_t n = 1;; ++n) {
    const int slot = redis_slot(wallet_key(wallet_id(n)));
    if (first <= slot && slot <= last) return n;
  }
}

/// What became of a thousand wallets that callers bound while a primary was lost.
struct Binds {
  enum class Fate : std::uint8_t { acknowledged, refused, found_done };

  WalletStore& store;
  std::array<Fate, kBinds> fates{};
  std::atomic<std::uint32_t> acknowledged{0};
  std::atomic<std::uint32_t> refusals{0};
  std::atomic<std::uint32_t> surprises{0};
  std::atomic<bool> replaced{false};  ///< from then on nobody asks a second time

  void run() {
    in_parallel(kCallers, [&](int caller) {
      for (auto n = static_cast<std::uint32_t>(caller); n < kBinds; n += kCallers) {
        fates.at(n) = bind_one(n + 1);
      }
    });
  }
  Fate bind_one(std::uint32_t n) {
    while (true) {
      const auto outcome = store.commit(bind(n));
      if (committed(outcome)) {
        ++acknowledged;
        return Fate::acknowledged;
      }
      if (outcome && *outcome == CommitOutcome::conflict) return Fate::found_done;
      if (!is_unavailable(outcome)) ++surprises;
      ++refusals;
      if (replaced) return Fate::refused;
      std::this_thread::sleep_for(kAfterRefusal);
    }
  }
  [[nodiscard]] long count(Fate fate) const { return std::ranges::count(fates, fate); }
};

void report(const char* what, const Binds& binds) {
  std::cout << what << ": " << binds.count(Binds::Fate::acknowledged) << " acknowledged, "
            << binds.count(Binds::Fate::found_done) << " found done when asked again, "
            << binds.count(Binds::Fate::refused) << " refused; " << binds.refusals
            << " answers store_unavailable\n";
}

/// Every acknowledged one is complete; what was refused is done when it is asked again.
void check_nothing_is_missing(WalletStore& store, const Binds& binds) {
  CHECK(binds.surprises == 0);
  for (std::uint32_t n = 1; n <= kBinds; ++n) {
    if (binds.fates.at(n - 1) == Binds::Fate::refused) continue;
    if (const auto missing = missing_of_bind(store, n); !missing.empty()) FAIL_CHECK(missing);
  }
}

void check_refused_are_done_when_asked_again(WalletStore& store, const Binds& binds) {
  in_parallel(kCallers, [&](int caller) {
    for (auto n = static_cast<std::uint32_t>(caller); n < kBinds; n += kCallers) {
      if (binds.fates.at(n) != Binds::Fate::refused) continue;
      static_cast<void>(soon([&] { return store.commit(bind(n + 1)).has_value(); }));
    }
  });
  for (std::uint32_t n = 1; n <= kBinds; ++n) {
    if (const auto missing = missing_of_bind(store, n); !missing.empty()) FAIL_CHECK(missing);
  }
  std::vector<WalletId> due;
  for (WalletId after; true; after = due.back()) {
    const auto page = must(store.list_due(after, 500));
    if (page.empty()) break;
    due.insert(due.end(), page.begin(), page.end());
  }
  CHECK(due.size() == kBinds);
}

/// A thousand binds, during which `lose` takes a primary away.
template <class Lose>
void bind_while(Binds& binds, RedisCluster& cluster, Lose lose) {
  std::jthread callers([&] { binds.run(); });
  CHECK(soon([&] { return binds.acknowledged >= kBinds / 4; }));
  lose();
  cluster.await_failover();
  binds.replaced = true;
}

TEST_CASE(
    "redis failover: a primary is killed during a thousand binds and no acknowledged one is "
    "missing") {
  RedisCluster cluster;
  const auto store = open_redis(replicated(cluster.url(), kTimeout));
  Binds binds{.store = *store};
  bind_while(binds, cluster, [&] { cluster.kill(0); });
  report("primary killed", binds);
  CHECK(binds.refusals > 0);
  CHECK(cluster.primary_of_slot(0) == 3);
  check_nothing_is_missing(*open_redis(redis_options(cluster.url())), binds);
  cluster.node(0).start();
  cluster.await_health();
  check_refused_are_done_when_asked_again(*store, binds);
}

TEST_CASE("redis failover: a primary that hangs and comes back too late has acknowledged nothing") {
  RedisCluster cluster;
  const auto store = open_redis(replicated(cluster.url(), kTimeout));
  Binds binds{.store = *store};
  bind_while(binds, cluster, [&] { cluster.node(0).pause(); });
  report("primary halted", binds);
  CHECK(binds.refusals > 0);
  check_nothing_is_missing(*open_redis(redis_options(cluster.url())), binds);
  cluster.node(0).resume();
  cluster.await_health();
  check_nothing_is_missing(*open_redis(redis_options(cluster.url())), binds);
  check_refused_are_done_when_asked_again(*store, binds);
}

TEST_CASE(
    "redis failover: a commit that no replica has is not acknowledged, and found when asked for") {
  RedisCluster cluster;
  const auto store = open_redis(replicated(cluster.url(), kTimeout));
  const auto n = wallet_of_slots(0, RedisCluster::kSlots / 3 - 1);
  REQUIRE(committed(store->commit(plain_commit(n, 0))));
  for (std::uint64_t version = 1; version <= 2; ++version) {
    if (version == 1) {
      cluster.node(3).pause();
    } else {
      cluster.kill(3);
    }
    CHECK(is_unavailable(store->commit(plain_commit(n, version))));
    const auto again = store->commit(plain_commit(n, version));
    CHECK((again == CommitOutcome::conflict || is_unavailable(again)));
    CHECK(must(store->load(wallet_id(n)))->record == plain_commit(n, version).record);
    if (version == 1) {
      cluster.node(3).resume();
    } else {
      cluster.node(3).start();
    }
    cluster.await_health();
    CHECK(soon([&] { return store->commit(plain_commit(n, version)).has_value(); }));
    CHECK(store->commit(plain_commit(n, version)) == CommitOutcome::conflict);
  }
  CHECK(committed(store->commit(plain_commit(n, 3))));
}

TEST_CASE("redis failover: without waiting for replicas a lost one is not noticed") {
  RedisCluster cluster;
  const auto store = open_redis(redis_options(cluster.url()));
  const auto n = wallet_of_slots(0, RedisCluster::kSlots / 3 - 1);
  cluster.kill(3);
  CHECK(committed(store->commit(plain_commit(n, 0))));
}

}  // namespace
}  // namespace cardvault::test
