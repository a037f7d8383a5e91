#include <catch2/catch_test_macros.hpp>
#include <numeric>

#include "tests/support/soon.h"
#include "tests/vault/in_parallel.h"
#include "tests/vault/storage/redis/redis_fixture.h"

namespace cardvault::test {
namespace {

std::vector<std::uint32_t> numbers(std::uint32_t count) {
  std::vector<std::uint32_t> all(count);
  std::iota(all.begin(), all.end(), 1U);
  return all;
}

bool works(WalletStore& store) {
  return store.load(wallet_id(1)).has_value();
}

/// True if the n-th wallet has the record of its first commit.
bool is_own(const Result<std::optional<StoredWallet>>& loaded, std::uint32_t n) {
  return loaded && *loaded && (*loaded)->record == plain_commit(n, 0).record;
}

void create_wallets(WalletStore& store, std::uint32_t count) {
  for (std::uint32_t n = 0; n < count; ++n) REQUIRE(committed(store.commit(plain_commit(n, 0))));
}

TEST_CASE("redis outage: while the server is down every operation is store_unavailable") {
  RedisServer server;
  const auto store = open_redis(redis_options(server.url()));
  REQUIRE(committed(store->commit(bind(1))));
  CHECK(store->health());
  server.kill();
  CHECK(is_unavailable(store->load(wallet_id(1))));
  CHECK(is_unavailable(store->commit(plain_commit(1, 1))));
  CHECK(is_unavailable(store->commit(bind(2))));
  CHECK(is_unavailable(store->load_pan(wallet_id(1), card_id(1))));
  CHECK(is_unavailable(store->find({IndexKind::subject, digest(1)})));
  CHECK(is_unavailable(store->read_audit(wallet_id(1), 0, 10)));
  CHECK(is_unavailable(store->claim_due(at_second(5000), Seconds(60), 10)));
  CHECK(is_unavailable(store->list_due(WalletId(), 10)));
  CHECK(is_unavailable(store->load_vault_record(VaultRecord::keyring)));
  CHECK(is_unavailable(store->save_vault_record(VaultRecord::keyring, 0, record(1))));
  CHECK(is_unavailable(store->health()));
  server.start();
  REQUIRE(soon([&] { return works(*store); }));
  CHECK(missing_of_bind(*store, 1).empty());
  CHECK_FALSE(must(store->load(wallet_id(2))));
  CHECK(committed(store->commit(plain_commit(1, 1))));
  CHECK(store->health());
}

TEST_CASE("redis outage: a server killed under load keeps all acknowledged commits") {
  RedisServer server;
  const auto store = open_redis(redis_options(server.url(), std::chrono::milliseconds(2000)));
  Traffic traffic(*store, numbers(16), 8);
  for (int i = 0; i < 3; ++i) {
    CHECK(traffic.goes_on(200));
    server.kill();
    CHECK(traffic.is_refused());
    server.start();
    CHECK(traffic.goes_on());
  }
  traffic.stop();
  traffic.check_nothing_is_missing(*store);
}

TEST_CASE("redis outage: a restart between calls causes no error") {
  RedisServer server;
  const auto store = open_redis(redis_options(server.url()));
  REQUIRE(committed(store->commit(plain_commit(1, 0))));
  server.stop();
  server.start();
  CHECK(works(*store));
  server.stop();
  server.start();
  CHECK(committed(store->commit(plain_commit(1, 1))));
}

TEST_CASE("redis outage: 64 callers of a hanging server all get an answer, repeatedly") {
  constexpr int kCallers = 64;
  RedisServer server;
  const auto store = open_redis(redis_options(server.url(), kImpatience));
  create_wallets(*open_redis(redis_options(server.url())), kCallers);
  server.pause();
  for (int round = 0; round < 3; ++round) {
    std::atomic<int> refused{0};
    in_parallel(kCallers, [&](int n) {
      const auto number = static_cast<std::uint32_t>(n);
      const bool none = n % 2 == 0 ? is_unavailable(store->load(wallet_id(number)))
                                   : is_unavailable(store->commit(plain_commit(number, 1)));
      if (none) ++refused;
    });
    CHECK(refused == kCallers);
  }
  server.resume();
  REQUIRE(soon([&] { return works(*store); }));
  const auto patient = open_redis(redis_options(server.url()));
  std::atomic<int> mixed_up{0};
  in_parallel(kCallers, [&](int n) {
    const auto number = static_cast<std::uint32_t>(n);
    for (int i = 0; i < 10; ++i) {
      const auto wallet = patient->load(wallet_id(number));
      const bool own = wallet && *wallet && (*wallet)->version <= 2 &&
                       (*wallet)->record == plain_commit(number, (*wallet)->version - 1).record;
      if (!own) ++mixed_up;
    }
  });
  CHECK(mixed_up == 0);
}

TEST_CASE("redis outage: a late reply is never the answer to another request") {
  constexpr std::uint32_t kWallets = 32;
  constexpr int kRounds = 20;
  RedisServer server;
  const auto store = open_redis(redis_options(server.url(), std::chrono::milliseconds(40)));
  const auto patient = open_redis(redis_options(server.url()));
  create_wallets(*patient, kWallets);
  for (std::uint32_t round = 0; round < kRounds; ++round) {
    REQUIRE(soon([&] { return works(*store); }));
    server.pause();
    REQUIRE(is_unavailable(store->load(wallet_id(round))));
    server.resume();
    for (std::uint32_t n = 0; n < kWallets; ++n) {
      const auto loaded = store->load(wallet_id(n));
      CHECK((is_own(loaded, n) || is_unavailable(loaded)));
    }
  }
}

TEST_CASE("redis outage: with a repeatedly paused server each caller gets only its own reply") {
  constexpr int kCallers = 48;
  constexpr int kRounds = 12;
  RedisServer server;
  const auto store = open_redis(redis_options(server.url(), std::chrono::milliseconds(60)));
  create_wallets(*open_redis(redis_options(server.url())), kCallers);
  std::atomic<bool> stopping{false};
  std::atomic<std::uint64_t> own{0};
  std::atomic<std::uint64_t> refused{0};
  std::atomic<std::uint64_t> mixed_up{0};
  std::jthread halting([&] {
    for (int round = 0; round < kRounds; ++round) {
      const auto enough = own + 10 * kCallers;
      static_cast<void>(soon([&] { return own >= enough; }));
      server.pause();
      const auto more = refused + kCallers;
      static_cast<void>(soon([&] { return refused >= more; }));
      server.resume();
    }
    stopping = true;
  });
  in_parallel(kCallers, [&](int n) {
    const auto number = static_cast<std::uint32_t>(n);
    while (!stopping) {
      const auto loaded = store->load(wallet_id(number));
      if (is_own(loaded, number)) {
        ++own;
      } else if (is_unavailable(loaded)) {
        ++refused;
      } else {
        ++mixed_up;
      }
    }
  });
  halting.join();
  CHECK(own >= 10U * kCallers);
  CHECK(refused >= kCallers);
  CHECK(mixed_up == 0);
}

TEST_CASE("redis outage: commands delayed less than the timeout succeed") {
  const RedisServer server;
  const auto store = open_redis(redis_options(server.url()));
  create_wallets(*store, 2);
  server.command({"CLIENT", "PAUSE", "500", "ALL"});
  in_parallel(8, [&](int) { static_cast<void>(store->load(wallet_id(1))); });
  server.command({"CLIENT", "PAUSE", "500", "ALL"});
  CHECK(is_own(store->load(wallet_id(1)), 1));
  server.command({"CLIENT", "PAUSE", "500", "ALL"});
  CHECK(committed(store->commit(plain_commit(1, 1))));
}

TEST_CASE("redis outage: commands delayed longer time out and the store recovers") {
  const RedisServer server;
  const auto store = open_redis(redis_options(server.url(), kImpatience));
  create_wallets(*open_redis(redis_options(server.url())), 2);
  server.command({"CLIENT", "PAUSE", "3000", "ALL"});
  CHECK(is_unavailable(store->load(wallet_id(1))));
  CHECK(is_unavailable(store->commit(plain_commit(1, 1))));
  REQUIRE(soon([&] { return works(*store); }));
  CHECK(soon([&] { return is_own(store->load(wallet_id(0)), 0); }));
}

TEST_CASE("redis outage: a server busy with a foreign script is unavailable") {
  const RedisServer server({.config = {"busy-reply-threshold 50"}});
  const auto store = open_redis(redis_options(server.url()));
  create_wallets(*store, 2);
  std::jthread script(
      [&] { static_cast<void>(server.try_command({"EVAL", "while true do end", "0"})); });
  CHECK(soon([&] { return is_unavailable(store->load(wallet_id(1))); }));
  CHECK(is_unavailable(store->commit(plain_commit(1, 1))));
  CHECK(is_unavailable(store->health()));
  server.command({"SCRIPT", "KILL"});
  CHECK(soon([&] { return works(*store); }));
  CHECK(committed(store->commit(plain_commit(1, 1))));
}

}  // namespace
}  // namespace cardvault::test
