#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <iterator>

#include "tests/support/soon.h"
#include "tests/vault/storage/redis/redis_fixture.h"
#include "vault/storage/redis/redis_store.h"

namespace cardvault::test {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t kWallets = 40;

/// Looks for any piece of the record: a compressed one is in pieces of at most 32 bytes.
bool has_piece(std::string_view bytes, std::string_view record) {
  constexpr std::size_t kPiece = 16;
  for (std::size_t at = 0; at + kPiece <= record.size(); at += kPiece) {
    if (bytes.find(record.substr(at, kPiece)) != std::string_view::npos) return true;
  }
  return false;
}

/// True if a file of the server contains the record.
bool has(const RedisServer& server, const SealedRecord& record) {
  for (const auto& entry : fs::recursive_directory_iterator(server.directory())) {
    if (!entry.is_regular_file()) continue;
    std::ifstream stream(entry.path(), std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(stream), {});
    if (has_piece(bytes, as_text(record.bytes()))) return true;
  }
  return false;
}

SealedRecord pan_of(std::uint32_t n) {
  return record(700'000 + n, 80);
}

void bind_cards(WalletStore& store) {
  for (std::uint32_t n = 0; n < kWallets; ++n) {
    auto change = plain_commit(n, 0);
    change.put_pans = {{card_id(1), pan_of(n)}};
    REQUIRE(committed(store.commit(change)));
  }
}

/// Deletes all cards but the first.
void shred_cards(WalletStore& store) {
  for (std::uint32_t n = 1; n < kWallets; ++n) {
    auto change = plain_commit(n, 1);
    change.delete_pans = {card_id(1)};
    REQUIRE(committed(store.commit(change)));
  }
}

std::uint32_t cards_in_files(const RedisServer& server) {
  std::uint32_t found = 0;
  for (std::uint32_t n = 1; n < kWallets; ++n) {
    if (has(server, pan_of(n))) ++found;
  }
  return found;
}

TEST_CASE("redis compact: the append-only file holds no deleted records") {
  RedisServer server;
  const auto store = open_redis(redis_options(server.url()));
  bind_cards(*store);
  shred_cards(*store);
  CHECK(cards_in_files(server) == kWallets - 1);
  must(store->compact());
  CHECK(cards_in_files(server) == 0);
  CHECK(has(server, pan_of(0)));
  CHECK_FALSE(fs::exists(server.directory() / "dump.rdb"));
  server.kill();
  server.start();
  CHECK((must(store->load_pan(wallet_id(0), card_id(1))) == pan_of(0)));
  CHECK(must(store->load(wallet_id(1)))->version == 2);
}

TEST_CASE("redis compact: an existing or configured snapshot is rewritten") {
  RedisServer server;
  const auto store = open_redis(redis_options(server.url()));
  bind_cards(*store);
  server.command({"SAVE"});
  REQUIRE(has(server, pan_of(1)));
  SECTION("with save points") {
    server.command({"CONFIG", "SET", "save", "3600 1"});
  }
  SECTION("with an existing snapshot") {
    server.command({"BGSAVE"});
    REQUIRE(soon(
        [&] { return server.info({"INFO", "persistence"}, "rdb_bgsave_in_progress") == "0"; }));
  }
  shred_cards(*store);
  must(store->compact());
  CHECK(cards_in_files(server) == 0);
}

/// Restarts a replica with the data of its primary. Waits until every node knows that it is back.
void restart_replica(RedisCluster& cluster, std::size_t number) {
  cluster.kill(number);
  cluster.node(number).start();
  cluster.await_health();
  REQUIRE(soon([&] {
    return std::ranges::none_of(cluster.nodes(), [](const auto& node) {
      return node->command({"CLUSTER", "NODES"}).text.find("fail") != std::string::npos;
    });
  }));
}

TEST_CASE("redis compact: every primary and replica of a cluster is compacted") {
  RedisCluster cluster;
  bind_cards(*open_redis(cluster.url(), 1));
  restart_replica(cluster, RedisCluster::kPrimaries);
  CHECK(fs::exists(cluster.node(RedisCluster::kPrimaries).directory() / "dump.rdb"));
  const auto store = open_redis(cluster.url(), 1);
  shred_cards(*store);
  for (const auto& node : cluster.nodes()) CHECK(cards_in_files(*node) > 0);
  must(store->compact());
  for (const auto& node : cluster.nodes()) CHECK(cards_in_files(*node) == 0);
}

TEST_CASE("redis compact: a rewrite already in progress does not count") {
  // So slow that it is still writing when the next rewrite is requested.
  RedisServer server({.config = {"rdb-key-save-delay 20000"}});
  const auto store = open_redis(redis_options(server.url()));
  bind_cards(*store);
  server.command({"BGREWRITEAOF"});
  shred_cards(*store);
  REQUIRE(server.info({"INFO", "persistence"}, "aof_rewrite_in_progress") == "1");
  must(store->compact());
  CHECK(cards_in_files(server) == 0);
}

TEST_CASE("redis compact: a server that cannot write or refuses is unavailable") {
  RedisServer server({.password = "open-sesame-4711", .user = "vault"});
  const auto store = open_redis(redis_options(url_with_password(server, "open-sesame-4711")));
  bind_cards(*store);
  SECTION("a missing right") {
    server.command({"ACL", "SETUSER", "vault", "-bgrewriteaof"});
    CHECK(is_unavailable(store->compact()));
  }
  SECTION("a stopped server") {
    server.kill();
    CHECK(is_unavailable(store->compact()));
  }
  SECTION("a missing directory") {
    fs::rename(server.directory() / "appendonlydir", server.directory() / "elsewhere");
    std::ofstream(server.directory() / "appendonlydir") << "no directory";
    CHECK(is_unavailable(store->compact()));
  }
}

}  // namespace
}  // namespace cardvault::test
