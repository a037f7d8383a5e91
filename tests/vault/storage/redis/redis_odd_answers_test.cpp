#include <catch2/catch_test_macros.hpp>

#include "tests/support/soon.h"
#include "tests/vault/storage/redis/redis_fixture.h"
#include "tests/vault/storage/redis/scripted_redis.h"
#include "vault/storage/redis/refusal.h"

namespace cardvault::test {
namespace {

TEST_CASE(
    "redis answers: every write refusal is 503 until it ends and most cause new connections") {
  ScriptedRedis server;
  const auto store = open_redis(redis_options(server.url()));
  REQUIRE(committed(store->commit(plain_commit(1, 0))));
  for (const char* refusal :
       {"READONLY You can't write against a read only replica.",
        "ERR READONLY You can't write against a read only replica.",
        "ERR Error running script (call to f_1): @user_script:1: -READONLY You can't write.",
        "NOREPLICAS Not enough good replicas to write.", "ERR NOREPLICAS Not enough good replicas",
        "MISCONF Redis is configured to save RDB snapshots", "LOADING Redis is loading the dataset",
        "MASTERDOWN Link with MASTER is down", "CLUSTERDOWN The cluster is down",
        "NOPERM User vault has no permissions to run the 'hset' command",
        "ERR The user executing the script can't run this command or subcommand script: 1",
        "OOM command not allowed when used memory > 'maxmemory'.", "BUSY Redis is busy",
        "ERR no upstream host", "upstream failure", "ERR max number of clients reached"}) {
    CAPTURE(refusal);
    const auto connections = server.connections();
    server.refuse_writes(refusal);
    CHECK(is_unavailable(store->commit(plain_commit(1, 0))));
    CHECK(is_unavailable(store->health()));
    const std::string_view text(refusal);
    const bool overload = text.starts_with("OOM") || text.starts_with("BUSY");
    CHECK((overload || soon([&] {
             (void)store->commit(plain_commit(1, 0));
             return server.connections() > connections;
           })));
    server.refuse_writes("");
    CHECK(committed(store->commit(plain_commit(1, 0))));
    CHECK(store->health());
  }
}

TEST_CASE(
    "redis answers: a key of another type is record_corrupt and an unknown command is internal") {
  ScriptedRedis server;
  const auto store = open_redis(redis_options(server.url()));
  server.refuse_writes("WRONGTYPE Operation against a key holding the wrong kind of value");
  CHECK(store->commit(plain_commit(1, 0)).error().code == ErrorCode::record_corrupt);
  server.refuse_writes("ERR unknown command 'EVALSHA', with args beginning with: 'secret'");
  const auto refused = store->commit(plain_commit(1, 0));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::internal);
  CHECK(refused.error().inside.text.find("secret") == std::string::npos);
}

TEST_CASE("redis answers: a refusal code counts anywhere as a whole word") {
  CHECK(says("ERR READONLY You can't", "READONLY"));
  CHECK(says("x: -READONLY", "READONLY"));
  CHECK_FALSE(says("ERR NOTREADONLY", "READONLY"));
  CHECK_FALSE(says("ERR READONLY_X", "READONLY"));
  CHECK_FALSE(says("", "READONLY"));
  CHECK(redis_refusal("").code == ErrorCode::store_unavailable);
  CHECK(redis_refusal("ERR bad thing: 4111").words == "ERR bad");
}

}  // namespace
}  // namespace cardvault::test
