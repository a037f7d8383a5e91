#include <catch2/catch_test_macros.hpp>

#include "tests/support/redis_cluster.h"
#include "tests/support/redis_server.h"

namespace cardvault::test {
namespace {

TEST_CASE("redis fixture: a stopped or killed server restarts with its data") {
  RedisServer server;
  const auto port = server.port();
  CHECK(server.url() == "redis://127.0.0.1:" + std::to_string(port));
  server.command({"SET", "first", "1"});
  server.stop();
  CHECK_FALSE(server.runs());
  CHECK_THROWS(server.command({"PING"}));
  server.start();
  CHECK(server.port() == port);
  CHECK(server.command({"GET", "first"}).text == "1");
  server.command({"SET", "second", "2"});
  server.kill();
  server.start();
  CHECK(server.command({"MGET", "first", "second"}).items[1].text == "2");
}

TEST_CASE("redis fixture: two servers share neither port nor data") {
  const RedisServer one;
  const RedisServer other;
  CHECK(one.port() != other.port());
  one.command({"SET", "key", "1"});
  CHECK(other.command({"GET", "key"}).is_nil);
}

TEST_CASE("redis fixture: later configuration wins and errors are replies or exceptions") {
  const RedisServer server({.config = {"appendfsync everysec", "maxmemory 64mb"}});
  CHECK(server.command({"CONFIG", "GET", "appendfsync"}).items[1].text == "everysec");
  CHECK(server.command({"CONFIG", "GET", "maxmemory-policy"}).items[1].text == "noeviction");
  CHECK(server.try_command({"NO-SUCH-COMMAND"}).is_error);
  CHECK_THROWS(server.command({"NO-SUCH-COMMAND"}));
}

TEST_CASE("redis fixture: a server that cannot start throws") {
  CHECK_THROWS(RedisServer({.config = {"no-such-directive yes"}}));
}

TEST_CASE("redis fixture: a TLS server has a control user and a user with a password") {
  const RedisServer server(
      {.password = "open-sesame", .user = "vault", .tls = std::make_shared<RedisCertificates>()});
  CHECK(server.url() == "rediss://vault@127.0.0.1:" + std::to_string(server.port()));
  CHECK(server.command({"ACL", "WHOAMI"}).text == RedisServer::kControlUser);
  CHECK(server.command({"AUTH", "vault", server.options().password}).text == "OK");
  CHECK(server.try_command({"AUTH", "vault", "another"}).is_error);
  CHECK(server.try_command({"AUTH", "default", ""}).is_error);
}

TEST_CASE("redis fixture: a cluster forms, moves a slot and replaces a killed primary") {
  RedisCluster cluster;
  CHECK(cluster.primaries() == std::vector<std::size_t>{0, 1, 2});

  const int slot = cluster.slot_of("{wallet}:a");
  REQUIRE(cluster.slot_of("{wallet}:b") == slot);
  const std::size_t from = cluster.primary_of_slot(slot);
  const std::size_t to = (from + 1) % RedisCluster::kPrimaries;
  cluster.node(from).command({"MSET", "{wallet}:a", "1", "{wallet}:b", "2"});
  cluster.begin_move(slot, from, to);
  CHECK(cluster.move_keys(slot, 1) == 1);
  CHECK(cluster.node(from)
            .try_command({"MGET", "{wallet}:a", "{wallet}:b"})
            .text.starts_with("TRYAGAIN"));
  CHECK(cluster.node(from).try_command({"GET", "{wallet}:c"}).text.starts_with("ASK "));
  cluster.finish_move(slot);
  CHECK(cluster.primary_of_slot(slot) == to);
  CHECK(cluster.node(to).command({"MGET", "{wallet}:a", "{wallet}:b"}).items[0].text == "1");
  CHECK(cluster.node(from).try_command({"GET", "{wallet}:a"}).text.starts_with("MOVED "));

  cluster.node(to).command({"SET", "{wallet}:a", "3"});
  REQUIRE(cluster.node(to).command({"WAIT", "1", "5000"}).text == "1");
  cluster.kill(to);
  cluster.await_failover();
  CHECK(cluster.primary_of_slot(slot) == to + RedisCluster::kPrimaries);
  CHECK(cluster.node(to + RedisCluster::kPrimaries).command({"GET", "{wallet}:a"}).text == "3");
  cluster.node(to).start();
  cluster.await_health();
  CHECK(cluster.node(to).info({"INFO", "replication"}, "role") == "slave");
}

TEST_CASE("redis fixture: a cluster with passwords moves a slot") {
  RedisCluster cluster({.password = "secret", .user = "vault"});
  const int slot = cluster.slot_of("key");
  const std::size_t from = cluster.primary_of_slot(slot);
  const std::size_t to = (from + 1) % RedisCluster::kPrimaries;
  cluster.node(from).command({"SET", "key", "1"});
  cluster.begin_move(slot, from, to);
  cluster.finish_move(slot);
  CHECK(cluster.node(to).command({"GET", "key"}).text == "1");
}

}  // namespace
}  // namespace cardvault::test
