#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <map>
#include <set>

#include "tests/support/soon.h"
#include "tests/vault/storage/redis/redis_fixture.h"
#include "vault/storage/redis/slot.h"
#include "vault/storage/redis/wallet_value.h"

namespace cardvault::test {
namespace {

constexpr std::uint32_t kWallets = 300;
constexpr std::size_t kPage = 20;

std::set<WalletId> fill(WalletStore& store) {
  std::set<WalletId> ids;
  std::vector<Commit> changes;
  for (std::uint32_t n = 0; n < kWallets; ++n) {
    changes.push_back(plain_commit(n, 0));
    ids.insert(changes.back().wallet);
    if (changes.size() < 100) continue;
    must(store.commit_all(changes));
    changes.clear();
  }
  return ids;
}

/// A list that can be interrupted.
struct Walk {
  WalletStore& store;
  std::string cursor = {};
  std::vector<WalletId> listed = {};

  /// False at the end and after an error.
  [[nodiscard]] bool step() {
    const auto page = store.list_wallets(cursor, kPage);
    if (!page) return false;
    listed.insert(listed.end(), page->items.begin(), page->items.end());
    cursor = page->next;
    return !cursor.empty();
  }
  void reach(std::size_t wallets) {
    while (listed.size() < wallets) REQUIRE(step());
  }
  [[nodiscard]] std::set<WalletId> finish() {
    while (step()) {
    }
    CHECK(cursor.empty());
    return {listed.begin(), listed.end()};
  }
};

TEST_CASE("redis list: after a restart of the server the list starts again") {
  RedisServer server;
  const auto store = open_redis(redis_options(server.url()));
  const auto ids = fill(*store);
  Walk walk{*store};
  walk.reach(kWallets / 2);
  server.kill();
  server.start();
  REQUIRE(walk.step());
  const std::size_t before = walk.listed.size();
  CHECK(walk.finish() == ids);
  // SCAN has another order in the new process, so the first half must be listed again.
  CHECK(std::set(walk.listed.begin() + static_cast<std::ptrdiff_t>(before), walk.listed.end()) ==
        ids);
}

TEST_CASE("redis list: a wallet moved to a node already listed is not missed") {
  RedisCluster cluster;
  const auto store = open_redis(redis_options(cluster.url()));
  const auto ids = fill(*store);
  const auto slot_of = [](const WalletId& id) { return redis_slot(wallet_key(id)); };
  std::map<WalletId, std::size_t> homes;
  for (const auto& id : ids) homes[id] = cluster.primary_of_slot(slot_of(id));
  Walk walk{*store};
  walk.reach(1);
  const auto done = homes.at(walk.listed.front());
  while (homes.at(walk.listed.back()) == done) REQUIRE(walk.step());
  const auto to_come = std::ranges::find_if(ids, [&](const WalletId& id) {
    return homes.at(id) != done && std::ranges::find(walk.listed, id) == walk.listed.end();
  });
  REQUIRE(to_come != ids.end());

  cluster.begin_move(slot_of(*to_come), homes.at(*to_come), done);
  cluster.move_keys(slot_of(*to_come), 100);
  const auto meanwhile = store->list_wallets(walk.cursor, kPage);
  REQUIRE_FALSE(meanwhile);
  CHECK(meanwhile.error().code == ErrorCode::store_unavailable);
  cluster.finish_move(slot_of(*to_come));
  CHECK(walk.finish() == ids);
}

TEST_CASE("redis list: an unserved slot is an error and after a failover the list is complete") {
  RedisCluster cluster;
  auto options = redis_options(cluster.url());
  options.wait_replicas = 1;
  const auto store = open_redis(std::move(options));
  const auto ids = fill(*store);
  Walk walk{*store};
  walk.reach(kWallets / 3);
  cluster.kill(cluster.primary_of_slot(0));
  CHECK(is_unavailable(store->list_wallets(walk.cursor, kPage)));
  cluster.await_failover();
  REQUIRE(soon([&] { return store->list_wallets(walk.cursor, kPage).has_value(); }));
  CHECK(walk.finish() == ids);
}

}  // namespace
}  // namespace cardvault::test
