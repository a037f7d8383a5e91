#include <algorithm>
#include <array>
#include <catch2/catch_test_macros.hpp>

#include "tests/support/soon.h"
#include "tests/vault/storage/redis/redis_fixture.h"
#include "vault/storage/redis/redis_store.h"
#include "vault/storage/redis/slot.h"
#include "vault/storage/redis/wallet_value.h"

namespace cardvault::test {
namespace {

/// Long enough for a failover under load, so that callers wait and are not refused.
constexpr std::chrono::milliseconds kAsServed{2000};

int slot_of(std::uint32_t n) {
  return redis_slot(wallet_key(wallet_id(n)));
}

/// The first wallets whose slots fulfil the condition.
template <class Condition>
std::vector<std::uint32_t> wallets_in(Condition slots, std::size_t count) {
  std::vector<std::uint32_t> numbers;
  for (std::uint32_t n = 1; numbers.size() < count; ++n) {
    if (slots(slot_of(n))) numbers.push_back(n);
  }
  return numbers;
}

std::vector<std::uint32_t> any_wallets(std::size_t count) {
  return wallets_in([](int) { return true; }, count);
}

void move_slot(RedisCluster& cluster, int slot, std::size_t to, const Traffic& traffic) {
  cluster.begin_move(slot, cluster.primary_of_slot(slot), to);
  while (cluster.move_keys(slot, 1) > 0) CHECK(traffic.goes_on(5));
  CHECK(traffic.goes_on(5));
  cluster.finish_move(slot);
  CHECK(traffic.goes_on(5));
}

/// A failover by an operator. Retried, because on a busy machine the others may not vote in time.
bool take_over(RedisCluster& cluster, std::size_t replica) {
  constexpr std::chrono::seconds kUntilAbandoned{6};
  for (int i = 0; i < 5; ++i) {
    static_cast<void>(cluster.node(replica).try_command({"CLUSTER", "FAILOVER"}));
    if (soon([&] { return cluster.primary_of_slot(0) == replica; }, kUntilAbandoned)) return true;
  }
  return false;
}

TEST_CASE("redis cluster: slots are computed as by the servers") {
  RedisCluster cluster;
  for (const std::string& key :
       {wallet_key(wallet_id(1)), index_key_name({IndexKind::subject, digest(1)}),
        std::string("cv:due:{7}"), std::string("{}x"), std::string("a{b")}) {
    CHECK(redis_slot(key) == cluster.slot_of(key));
  }
}

TEST_CASE("redis cluster: moving a slot repeatedly under load loses no commit") {
  RedisCluster cluster;
  const int slot = slot_of(1);
  const auto store = open_redis(redis_options(cluster.url()));
  Traffic traffic(*store, wallets_in([&](int other) { return other == slot; }, 6), 3);
  CHECK(traffic.goes_on());
  const auto home = cluster.primary_of_slot(slot);
  for (std::size_t step = 1; step <= 4; ++step) {
    move_slot(cluster, slot, (home + step) % RedisCluster::kPrimaries, traffic);
  }
  traffic.stop();
  CHECK(traffic.refused() == 0);
  traffic.check_nothing_is_missing(*store);
  traffic.check_nothing_is_missing(*open_redis(redis_options(cluster.url())));
}

TEST_CASE("redis cluster: while a slot of the due queue moves every wallet stays due") {
  RedisCluster cluster;
  const auto store = open_redis(redis_options(cluster.url()));
  const int slot = cluster.slot_of("cv:due:{3}");
  const auto home = cluster.primary_of_slot(slot);
  std::atomic<bool> stopping{false};
  std::atomic<std::uint32_t> created{0};
  std::atomic<int> surprises{0};
  std::vector<std::uint32_t> due;
  std::jthread committer([&] {
    for (std::uint32_t n = 1; !stopping; ++n) {
      const auto outcome = store->commit(bind(n));
      if (committed(outcome)) due.push_back(n);
      if (!committed(outcome) && !is_unavailable(outcome)) ++surprises;
      ++created;
    }
  });
  const auto more = [&](std::uint32_t count) {
    const auto enough = created + count;
    return soon([&] { return created >= enough; });
  };
  CHECK(more(100));
  for (std::size_t step = 1; step <= 3; ++step) {
    cluster.begin_move(slot, cluster.primary_of_slot(slot), (home + step) % 3);
    while (cluster.move_keys(slot, 1) > 0) CHECK(more(3));
    cluster.finish_move(slot);
    CHECK(more(20));
  }
  stopping = true;
  committer.join();
  CHECK(surprises == 0);
  CHECK(due.size() > 100);
  const auto listed = must(store->list_due(WalletId(), 1000));
  const auto claimed = must(store->claim_due(at_second(90'000), Seconds(60), 1000));
  for (const std::uint32_t n : due) {
    CHECK(std::ranges::find(listed, wallet_id(n)) != listed.end());
    CHECK(std::ranges::find(claimed, wallet_id(n)) != claimed.end());
  }
}

TEST_CASE("redis cluster: an operator's failover under load loses no commit") {
  RedisCluster cluster;
  const auto store = open_redis(redis_options(cluster.url()));
  Traffic traffic(*store, any_wallets(24));
  for (const std::size_t next : {std::size_t{3}, std::size_t{0}}) {
    CHECK(traffic.goes_on());
    CHECK(take_over(cluster, next));
    CHECK(traffic.goes_on());
    cluster.await_health();
  }
  CHECK(traffic.goes_on());
  traffic.stop();
  traffic.check_nothing_is_missing(*store);
}

TEST_CASE("redis cluster: the store opens through any reachable member") {
  RedisCluster cluster;
  cluster.kill(3);
  cluster.kill(4);
  const auto store = open_redis(redis_options(cluster.url()));
  CHECK(committed(store->commit(bind(1))));
  const auto port = [&](std::size_t node) {
    return ",127.0.0.1:" + std::to_string(cluster.node(node).port());
  };
  const std::string dead = "redis+cluster://127.0.0.1:" + std::to_string(cluster.node(3).port());
  for (const std::size_t living : {std::size_t{0}, std::size_t{2}, std::size_t{5}}) {
    const auto other = open_redis(redis_options(dead + port(4) + port(living)));
    CHECK(missing_of_bind(*other, 1).empty());
  }
  CHECK(is_unavailable(open_redis_store(redis_options(dead + port(4)))));
}

TEST_CASE("redis cluster: wallets of unserved slots are unavailable and others go on") {
  RedisCluster cluster;
  const auto store = open_redis(redis_options(cluster.url(), kAsServed));
  const auto first = cluster.primary_of_slot(0);
  const int last = RedisCluster::kSlots / 3 - 1;
  const auto gone = wallets_in([&](int slot) { return slot <= last; }, 4);
  const auto served = wallets_in([&](int slot) { return slot > last; }, 8);
  for (const auto n : gone) REQUIRE(committed(store->commit(plain_commit(n, 0))));
  Traffic traffic(*store, served);
  CHECK(traffic.goes_on());
  cluster.kill(first + RedisCluster::kPrimaries);
  cluster.kill(first);
  for (const auto n : gone) {
    CHECK(is_unavailable(store->load(wallet_id(n))));
    CHECK(is_unavailable(store->commit(plain_commit(n, 1))));
  }
  // A vault that serves some of its wallets must not be taken out of service for all.
  CHECK(store->health());
  CHECK(traffic.goes_on(200));
  cluster.node(first).start();
  cluster.node(first + RedisCluster::kPrimaries).start();
  for (const auto n : gone) {
    CHECK(soon([&] { return store->load(wallet_id(n)).has_value(); }));
    CHECK(committed(store->commit(plain_commit(n, 1))));
  }
  CHECK(soon([&] { return store->health().has_value(); }));
  traffic.stop();
  traffic.check_nothing_is_missing(*store);
}

TEST_CASE(
    "redis cluster: with full coverage required a missing slot makes all wallets unavailable") {
  RedisCluster cluster({.config = {"cluster-require-full-coverage yes"}});
  const auto store = open_redis(redis_options(cluster.url(), kAsServed));
  const auto wallets = any_wallets(12);
  for (const auto n : wallets) REQUIRE(committed(store->commit(plain_commit(n, 0))));
  cluster.kill(3);
  cluster.kill(0);
  const auto down = [&](std::uint32_t n) { return is_unavailable(store->load(wallet_id(n))); };
  CHECK(soon([&] { return std::ranges::all_of(wallets, down); }));
  for (const auto n : wallets) CHECK(is_unavailable(store->commit(plain_commit(n, 1))));
  cluster.node(0).start();
  cluster.node(3).start();
  for (const auto n : wallets) {
    CHECK(soon([&] { return store->load(wallet_id(n)).has_value(); }));
    CHECK(committed(store->commit(plain_commit(n, 1))));
  }
}

}  // namespace
}  // namespace cardvault::test
