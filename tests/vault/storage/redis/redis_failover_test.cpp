#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <iostream>

#include "tests/support/soon.h"
#include "tests/vault/in_parallel.h"
#include "tests/vault/storage/redis/redis_fixture.h"
#include "vault/storage/redis/slot.h"
#include "vault/storage/redis/wallet_value.h"

namespace cardvault::test {
namespace {

constexpr std::uint32_t kBinds = 1000;
constexpr int kCallers = 8;
/// A failover begins after a second without answer. Callers do not wait for its end.
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

/// A thousand wallets bound while a primary is lost, each retried until it is done.
struct Binds {
  WalletStore& store;
  std::atomic<std::uint32_t> acknowledged{0};
  std::atomic<std::uint32_t> found_done{0};  ///< by a retry after store_unavailable
  std::atomic<std::uint32_t> refusals{0};
  std::atomic<std::uint32_t> surprises{0};

  void run() {
    in_parallel(kCallers, [&](int caller) {
      for (auto n = static_cast<std::uint32_t>(caller); n < kBinds; n += kCallers) bind_one(n + 1);
    });
  }
  void bind_one(std::uint32_t n) {
    bool refused = false;
    const auto is_done = [&] {
      const auto outcome = store.commit(bind(n));
      if (committed(outcome)) {
        ++acknowledged;
        return true;
      }
      if (refused && outcome && *outcome == CommitOutcome::conflict) {
        ++found_done;
        return true;
      }
      refused = true;
      ++refusals;
      if (!is_unavailable(outcome)) ++surprises;
      return false;
    };
    if (!soon(is_done)) ++surprises;
  }
};

void check_nothing_is_missing(WalletStore& store) {
  for (std::uint32_t n = 1; n <= kBinds; ++n) {
    if (const auto missing = missing_of_bind(store, n); !missing.empty()) FAIL_CHECK(missing);
  }
  CHECK(must(store.list_due(WalletId(), 1000)).size() == kBinds);
}

/// A thousand binds. `lose` removes the first primary and `give_back` makes it a replica.
template <class Lose, class GiveBack>
void bind_a_thousand(RedisCluster& cluster, const char* what, Lose lose, GiveBack give_back) {
  const auto store = open_redis(replicated(cluster.url(), kTimeout));
  Binds binds{.store = *store};
  std::jthread callers([&] { binds.run(); });
  CHECK(soon([&] { return binds.acknowledged >= kBinds / 4; }));
  const std::uint32_t before = binds.acknowledged;
  lose(binds);
  cluster.await_failover();
  CHECK(cluster.primary_of_slot(0) == 3);
  const std::uint32_t meanwhile = binds.acknowledged;
  give_back();
  callers.join();
  cluster.await_health();
  std::cout << what << ": " << before << " acknowledged before, " << meanwhile - before
            << " until the replica took over, " << binds.acknowledged - meanwhile << " later; "
            << binds.refusals << " answers store_unavailable, after which " << binds.found_done
            << " were found done\n";
  CHECK(binds.surprises == 0);
  CHECK(binds.refusals > 0);
  CHECK(binds.acknowledged + binds.found_done == kBinds);
  check_nothing_is_missing(*store);
  check_nothing_is_missing(*open_redis(redis_options(cluster.url())));
}

TEST_CASE("redis failover: of a thousand binds around the loss of a primary none is missing") {
  RedisCluster cluster;
  bind_a_thousand(
      cluster, "primary killed", [&](const Binds&) { cluster.kill(0); },
      [&] { cluster.node(0).start(); });
}

TEST_CASE("redis failover: commits that the promoted replica lacks were not acknowledged") {
  RedisCluster cluster;
  const auto miss_some_and_take_over = [&](const Binds& binds) {
    cluster.kill(3);
    const std::uint32_t asked = binds.acknowledged + binds.refusals;
    CHECK(soon([&] { return binds.acknowledged + binds.refusals >= asked + 50; }));
    cluster.kill(0);
    cluster.node(3).start();
  };
  bind_a_thousand(cluster, "replica away, then primary killed", miss_some_and_take_over,
                  [&] { cluster.node(0).start(); });
}

TEST_CASE(
    "redis failover: a paused primary that returns too late has acknowledged no lost commit") {
  RedisCluster cluster;
  bind_a_thousand(
      cluster, "primary halted", [&](const Binds&) { cluster.node(0).pause(); },
      [&] { cluster.node(0).resume(); });
}

TEST_CASE("redis failover: a commit without a replica is not acknowledged and a retry finds it") {
  RedisCluster cluster;
  const auto store = open_redis(replicated(cluster.url(), kTimeout));
  const auto patient = open_redis(replicated(cluster.url(), kPatience));
  const auto n = wallet_of_slots(0, RedisCluster::kSlots / 3 - 1);
  REQUIRE(committed(patient->commit(plain_commit(n, 0))));
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
    const auto again_with_replica = [&] { return store->commit(plain_commit(n, version)); };
    CHECK(soon([&] { return again_with_replica() == CommitOutcome::conflict; }));
  }
  CHECK(committed(patient->commit(plain_commit(n, 3))));
}

TEST_CASE("redis failover: the replica serves in place of a lost primary") {
  RedisCluster cluster;
  const auto careful = open_redis(replicated(cluster.url(), kPatience));
  const auto store = open_redis(redis_options(cluster.url(), kTimeout));
  const auto n = wallet_of_slots(0, RedisCluster::kSlots / 3 - 1);
  REQUIRE(committed(careful->commit(plain_commit(n, 0))));
  REQUIRE(must(store->load(wallet_id(n))));
  cluster.kill(0);
  cluster.await_failover();
  CHECK(soon([&] { return store->load(wallet_id(n)).has_value(); }));
  const auto patient = open_redis(redis_options(cluster.url()));
  CHECK(committed(patient->commit(plain_commit(n, 1))));
}

TEST_CASE("redis failover: without wait_replicas the loss of a replica causes no error") {
  RedisCluster cluster;
  const auto store = open_redis(redis_options(cluster.url()));
  const auto n = wallet_of_slots(0, RedisCluster::kSlots / 3 - 1);
  cluster.kill(3);
  CHECK(committed(store->commit(plain_commit(n, 0))));
}

}  // namespace
}  // namespace cardvault::test
