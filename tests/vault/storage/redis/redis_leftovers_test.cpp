#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "tests/vault/storage/redis/redis_fixture.h"
#include "vault/storage/redis/wallet_value.h"

namespace cardvault::test {
namespace {

// The tests write by hand the state after a process dies between the two writes of a commit.

constexpr std::size_t kDueShards = 16;

struct Leftovers {
  RedisServer server;
  std::unique_ptr<WalletStore> store = open_redis(redis_options(server.url()));
  IndexKey subject{IndexKind::subject, digest(1)};

  void leave_entry(std::uint32_t n, std::uint64_t version) const {
    server.command(
        {"ZADD", index_key_name(subject), std::to_string(version), id_bytes(wallet_id(n))});
  }
  [[nodiscard]] Commit claim(std::uint32_t n, std::uint64_t version) const {
    Commit change = plain_commit(n, version);
    change.add_index = {subject};
    return change;
  }
  [[nodiscard]] std::vector<WalletId> found() const { return must(store->find(subject)); }

  [[nodiscard]] static std::string shard_key(const char* name, std::uint32_t n) {
    const auto shard = std::hash<WalletId>{}(wallet_id(n)) % kDueShards;
    return std::string("cv:") + name + ":{" + std::to_string(shard) + "}";
  }
  /// As prepared for a version of the wallet that was never committed.
  void leave_due(std::uint32_t n, std::int64_t second, std::uint64_t version) const {
    const std::string id = id_bytes(wallet_id(n));
    server.command(
        {"ZADD", shard_key("due", n), std::to_string(due_number(at_second(second))), id});
    server.command({"ZADD", shard_key("due-ids", n), "0", id});
    if (version > 0) {
      server.command({"HSET", shard_key("due-at", n), id, std::to_string(version)});
    }
  }
  /// The queue's time of the wallet, "" if it is not queued.
  [[nodiscard]] std::string queued(std::uint32_t n) const {
    return server.command({"ZSCORE", shard_key("due", n), id_bytes(wallet_id(n))}).text;
  }
  [[nodiscard]] std::vector<WalletId> claimed(std::int64_t second) const {
    return must(store->claim_due(at_second(second), Seconds(60), 10));
  }
  [[nodiscard]] bool is_listed(std::uint32_t n) const {
    const auto listed = must(store->list_due(WalletId(), 100));
    return std::ranges::find(listed, wallet_id(n)) != listed.end();
  }
};

Commit due_commit(std::uint32_t n, std::uint64_t version, std::int64_t second) {
  Commit change = plain_commit(n, version);
  change.due = at_second(second);
  return change;
}

TEST_CASE("redis leftovers: an index entry of a wallet never created blocks no other") {
  const Leftovers left;
  left.leave_entry(1, 1);
  CHECK(left.found() == std::vector{wallet_id(1)});
  CHECK(committed(left.store->commit(left.claim(2, 0))));
  CHECK(left.found() == std::vector{wallet_id(2)});
  CHECK(left.store->commit(left.claim(3, 0)) == CommitOutcome::index_taken);

  // If its process was only stopped, it would come too late.
  CHECK(left.store->commit(left.claim(1, 0)) == CommitOutcome::conflict);
  CHECK(left.store->commit(plain_commit(1, 0)) == CommitOutcome::conflict);
  CHECK_FALSE(must(left.store->load(wallet_id(1))));
  CHECK(left.found() == std::vector{wallet_id(2)});
  CHECK(left.server.command({"TTL", wallet_key(wallet_id(1))}).text != "-1");
}

TEST_CASE("redis leftovers: an index entry of a commit never made blocks no other") {
  const Leftovers left;
  for (std::uint64_t version = 0; version < 3; ++version) {
    REQUIRE(committed(left.store->commit(plain_commit(1, version))));
  }
  left.leave_entry(1, 4);
  CHECK(committed(left.store->commit(left.claim(2, 0))));
  CHECK(left.found() == std::vector{wallet_id(2)});

  CHECK(left.store->commit(left.claim(1, 3)) == CommitOutcome::conflict);
  const auto wallet = must(left.store->load(wallet_id(1)));
  REQUIRE(wallet);
  CHECK(wallet->record == plain_commit(1, 2).record);
  CHECK(left.store->commit(left.claim(1, wallet->version)) == CommitOutcome::index_taken);
  CHECK(committed(left.store->commit(plain_commit(1, wallet->version))));
}

TEST_CASE("redis leftovers: an index entry of an overtaken commit is taken over") {
  const Leftovers left;
  REQUIRE(committed(left.store->commit(plain_commit(1, 0))));
  REQUIRE(committed(left.store->commit(plain_commit(1, 1))));
  left.leave_entry(1, 2);
  CHECK(committed(left.store->commit(left.claim(2, 0))));
  CHECK(left.found() == std::vector{wallet_id(2)});
  CHECK(must(left.store->load(wallet_id(1)))->version == 2);
}

TEST_CASE("redis leftovers: a retried commit uses its own leftover index entry") {
  const Leftovers left;
  left.leave_entry(1, 1);
  CHECK(committed(left.store->commit(left.claim(1, 0))));
  CHECK(left.found() == std::vector{wallet_id(1)});
  CHECK(left.store->commit(left.claim(2, 0)) == CommitOutcome::index_taken);
}

TEST_CASE("redis leftovers: a late release does not remove a renewed index entry") {
  const Leftovers left;
  REQUIRE(committed(left.store->commit(left.claim(1, 0))));
  Commit released = plain_commit(1, 1);
  released.remove_index = {left.subject};
  REQUIRE(committed(left.store->commit(released)));
  CHECK(left.found().empty());
  REQUIRE(committed(left.store->commit(left.claim(1, 2))));
  CHECK(left.found() == std::vector{wallet_id(1)});
  CHECK(left.store->commit(released) == CommitOutcome::conflict);
  CHECK(left.found() == std::vector{wallet_id(1)});
}

TEST_CASE("redis leftovers: a due entry of a missing wallet is not claimed and removed") {
  const Leftovers left;
  left.leave_due(1, 100, 0);
  CHECK(left.is_listed(1));
  CHECK(left.claimed(200).empty());
  CHECK(left.queued(1).empty());
  CHECK_FALSE(left.is_listed(1));
}

TEST_CASE("redis leftovers: a due entry of a wallet that is not due is not claimed and removed") {
  const Leftovers left;
  REQUIRE(committed(left.store->commit(plain_commit(1, 0))));
  left.leave_due(1, 100, 1);
  CHECK(left.claimed(200).empty());
  CHECK(left.queued(1).empty());
  CHECK_FALSE(left.is_listed(1));
}

TEST_CASE("redis leftovers: a due entry that is too early is corrected and claimed in time") {
  const Leftovers left;
  REQUIRE(committed(left.store->commit(due_commit(1, 0, 500))));
  const std::string right = left.queued(1);
  left.leave_due(1, 100, 1);
  REQUIRE(left.queued(1) != right);
  CHECK(left.claimed(200).empty());
  CHECK(left.queued(1) == right);
  CHECK(left.claimed(499).empty());
  CHECK(left.claimed(500) == std::vector{wallet_id(1)});
}

TEST_CASE("redis leftovers: stale due entries do not displace real ones") {
  const Leftovers left;
  for (std::uint32_t n = 1; n <= 30; ++n) left.leave_due(n, n, 0);
  REQUIRE(committed(left.store->commit(due_commit(50, 0, 100))));
  CHECK(left.claimed(200) == std::vector{wallet_id(50)});
}

TEST_CASE(
    "redis leftovers: a due time of a commit never made delays a claim by at most one lease") {
  const Leftovers left;
  REQUIRE(committed(left.store->commit(due_commit(1, 0, 500))));
  left.leave_due(1, 100, 2);
  CHECK(left.claimed(200).empty());
  CHECK(left.claimed(400).empty());
  CHECK(left.claimed(500 + 60) == std::vector{wallet_id(1)});
  REQUIRE(committed(left.store->commit(due_commit(1, 1, 800))));
  CHECK(left.claimed(799).empty());
  CHECK(left.claimed(800) == std::vector{wallet_id(1)});
  REQUIRE(committed(left.store->commit(plain_commit(1, 2))));
  CHECK(left.queued(1).empty());
  CHECK_FALSE(left.is_listed(1));
}

}  // namespace
}  // namespace cardvault::test
