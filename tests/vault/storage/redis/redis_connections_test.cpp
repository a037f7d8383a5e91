#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <sstream>

#include "tests/support/soon.h"
#include "tests/vault/in_parallel.h"
#include "tests/vault/storage/redis/redis_fixture.h"

namespace cardvault::test {
namespace {

/// The maximum number of connections per process: eight for reads and eight for writes.
constexpr int kMostConnections = 16;

/// Commands called since the last CONFIG RESETSTAT, without those of the test itself.
std::vector<std::string> calls(const RedisServer& server) {
  std::vector<std::string> all;
  std::istringstream lines(server.command({"INFO", "commandstats"}).text);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("cmdstat_")) continue;
    const std::string call = line.substr(8, line.find(',') - 8);
    if (!call.starts_with("info:") && !call.starts_with("config|resetstat:")) all.push_back(call);
  }
  std::ranges::sort(all);
  return all;
}

/// The number of connections without that of the test.
int connections(const RedisServer& server) {
  return std::stoi(server.info({"INFO", "clients"}, "connected_clients")) - 1;
}

TEST_CASE("redis connections: a load is one command") {
  const RedisServer server;
  const auto store = open_redis(redis_options(server.url()));
  REQUIRE(committed(store->commit(bind(1))));
  REQUIRE(must(store->load(wallet_id(1))));
  server.command({"CONFIG", "RESETSTAT"});
  for (int i = 0; i < 10; ++i) REQUIRE(must(store->load(wallet_id(1))));
  CHECK(calls(server) == std::vector<std::string>{"hget:calls=10"});
}

TEST_CASE("redis connections: a commit without index and due time is one script call") {
  const RedisServer server;
  const auto store = open_redis(redis_options(server.url()));
  REQUIRE(committed(store->commit(plain_commit(1, 0))));
  server.command({"CONFIG", "RESETSTAT"});
  REQUIRE(committed(store->commit(plain_commit(1, 1))));
  CHECK(calls(server) ==
        std::vector<std::string>{"evalsha:calls=1", "hget:calls=1", "hset:calls=1"});
}

TEST_CASE("redis connections: 64 callers share at most sixteen connections") {
  constexpr int kCallers = 64;
  const RedisServer server;
  const auto store = open_redis(redis_options(server.url()));
  std::atomic<bool> stopping{false};
  std::atomic<int> failures{0};
  std::atomic<int> done{0};
  int most = 0;
  std::jthread watching([&] {
    while (done < kCallers * 10) most = std::max(most, connections(server));
    stopping = true;
  });
  in_parallel(kCallers, [&](int n) {
    const auto number = static_cast<std::uint32_t>(n);
    for (std::uint64_t version = 0; !stopping; ++version) {
      if (!committed(store->commit(plain_commit(number, version)))) ++failures;
      if (!store->load(wallet_id(number))) ++failures;
      ++done;
    }
  });
  watching.join();
  CHECK(failures == 0);
  CHECK(most > 2);
  CHECK(most <= kMostConnections);
}

TEST_CASE("redis connections: callers that time out leave no connections open") {
  constexpr int kCallers = 64;
  RedisServer server;
  const auto store = open_redis(redis_options(server.url(), kImpatience));
  for (int round = 0; round < 5; ++round) {
    server.pause();
    in_parallel(kCallers, [&](int n) {
      static_cast<void>(store->load(wallet_id(static_cast<std::uint32_t>(n))));
    });
    server.resume();
    REQUIRE(soon([&] { return store->load(wallet_id(1)).has_value(); }));
  }
  CHECK(soon([&] { return connections(server) <= kMostConnections; }));
}

TEST_CASE("redis connections: after SCRIPT FLUSH scripts are loaded again") {
  const RedisServer server;
  const auto store = open_redis(redis_options(server.url()));
  for (std::uint32_t n = 0; n < 5; ++n) {
    server.command({"SCRIPT", "FLUSH"});
    CHECK(committed(store->commit(bind(n))));
    server.command({"SCRIPT", "FLUSH"});
    CHECK(must(store->claim_due(at_second(90000), Seconds(60), 10)) == std::vector{wallet_id(n)});
    CHECK(missing_of_bind(*store, n).empty());
  }
  std::atomic<bool> flushing{true};
  std::jthread flusher([&] {
    while (flushing) server.command({"SCRIPT", "FLUSH"});
  });
  std::atomic<int> landed{0};
  in_parallel(8, [&](int n) {
    const auto first = static_cast<std::uint32_t>(100 + 30 * n);
    for (std::uint32_t i = 0; i < 30; ++i) landed += committed(store->commit(bind(first + i)));
  });
  flushing = false;
  flusher.join();
  CHECK(landed == 8 * 30);
  for (std::uint32_t n = 100; n < 340; ++n) CHECK(missing_of_bind(*store, n) == "");
}

TEST_CASE("redis connections: of two processes on one wallet exactly one wins each version") {
  constexpr std::uint64_t kVersions = 60;
  const RedisServer server;
  const auto one = open_redis(redis_options(server.url()));
  const auto other = open_redis(redis_options(server.url()));
  std::array<std::atomic<int>, kVersions> wins{};
  std::atomic<int> surprises{0};
  in_parallel(8, [&](int n) {
    WalletStore& store = n % 2 == 0 ? *one : *other;
    for (std::uint64_t version = 0; version < kVersions; ++version) {
      Commit change = plain_commit(1, version);
      change.audit = {audit_row(version + 1)};
      change.due = at_second(static_cast<std::int64_t>(version % 7));
      const auto outcome = store.commit(change);
      if (!outcome || *outcome == CommitOutcome::index_taken) ++surprises;
      if (committed(outcome)) ++wins.at(version);
      const auto wallet = store.load(wallet_id(1));
      if (!wallet || !*wallet || (*wallet)->version <= version) ++surprises;
    }
  });
  CHECK(surprises == 0);
  for (const auto& count : wins) CHECK(count == 1);
  CHECK(must(one->load(wallet_id(1)))->version == kVersions);
  CHECK(must(other->read_audit(wallet_id(1), 0, SIZE_MAX)).size() == kVersions);
  CHECK(must(one->list_due(WalletId(), 10)) == std::vector{wallet_id(1)});
}

TEST_CASE("redis connections: of two processes that claim one subject exactly one gets it") {
  constexpr int kCallers = 16;
  const RedisServer server;
  const auto one = open_redis(redis_options(server.url()));
  const auto other = open_redis(redis_options(server.url()));
  for (std::uint32_t round = 0; round < 5; ++round) {
    std::atomic<int> created{0};
    std::atomic<int> refused{0};
    in_parallel(kCallers, [&](int n) {
      Commit change = plain_commit(100 * round + static_cast<std::uint32_t>(n), 0);
      change.add_index = {{IndexKind::subject, digest(round)}};
      const auto outcome = (n % 2 == 0 ? *one : *other).commit(change);
      if (committed(outcome)) ++created;
      if (outcome && *outcome == CommitOutcome::index_taken) ++refused;
    });
    CHECK(created == 1);
    CHECK(refused == kCallers - 1);
    CHECK(must(one->find({IndexKind::subject, digest(round)})).size() == 1);
  }
}

}  // namespace
}  // namespace cardvault::test
