#include <catch2/catch_test_macros.hpp>

#include "tests/support/soon.h"
#include "tests/vault/storage/redis/redis_fixture.h"

namespace cardvault::test {
namespace {

/// All that a store shows of the wallets 1 to 3.
struct Everything {
  std::vector<std::optional<StoredWallet>> wallets = {};
  std::vector<std::optional<SealedRecord>> pans = {};
  std::vector<std::size_t> audit = {};
  std::vector<std::vector<WalletId>> found = {};
  std::vector<WalletId> due = {};

  explicit Everything(WalletStore& store) : due(must(store.list_due(WalletId(), 100))) {
    for (std::uint32_t n = 1; n <= 3; ++n) {
      wallets.push_back(must(store.load(wallet_id(n))));
      pans.push_back(must(store.load_pan(wallet_id(n), card_id(n))));
      pans.push_back(must(store.load_pan(wallet_id(n), card_id(n + 100))));
      audit.push_back(must(store.read_audit(wallet_id(n), 0, SIZE_MAX)).size());
      for (const auto kind : {IndexKind::subject, IndexKind::pan_fingerprint}) {
        found.push_back(must(store.find({kind, digest(n)})));
        found.push_back(must(store.find({kind, digest(n + 100)})));
      }
    }
  }
};

void check_same(const Everything& now, const Everything& before) {
  REQUIRE(now.wallets.size() == before.wallets.size());
  for (std::size_t i = 0; i < now.wallets.size(); ++i) {
    REQUIRE(now.wallets[i].has_value() == before.wallets[i].has_value());
    if (!now.wallets[i]) continue;
    CHECK(now.wallets[i]->version == before.wallets[i]->version);
    CHECK(now.wallets[i]->record == before.wallets[i]->record);
  }
  CHECK(now.pans == before.pans);
  CHECK(now.audit == before.audit);
  CHECK(now.found == before.found);
  CHECK(now.due == before.due);
}

/// A later commit of a wallet created by bind(n). It changes every part.
Commit next_commit(std::uint32_t n) {
  Commit change = plain_commit(n, 1);
  change.put_pans = {{card_id(n + 100), record(n + 100, 60)}};
  change.delete_pans = {card_id(n)};
  change.audit = {audit_row(10)};
  change.add_index = {{IndexKind::pan_fingerprint, digest(n + 100)}};
  change.remove_index = {{IndexKind::pan_fingerprint, digest(n)}};
  change.due = at_second(500);
  return change;
}

/// Wallet 1 is changed, wallet 2 loses its due time, wallet 3 is new.
void check_commits_are_refused(WalletStore& store) {
  const Everything before(store);
  CHECK(is_unavailable(store.commit(next_commit(1))));
  CHECK(is_unavailable(store.commit(plain_commit(2, 1))));
  CHECK(is_unavailable(store.commit(bind(3))));
  CHECK(is_unavailable(store.save_vault_record(VaultRecord::clients, 0, record(1))));
  check_same(Everything(store), before);
  CHECK(is_unavailable(store.health()));
}

void check_commits_are_accepted(WalletStore& store) {
  CHECK(committed(store.commit(next_commit(1))));
  CHECK(committed(store.commit(plain_commit(2, 1))));
  CHECK(committed(store.commit(bind(3))));
  CHECK(missing_of_bind(store, 3).empty());
  CHECK(must(store.list_due(WalletId(), 100)) == std::vector{wallet_id(1), wallet_id(3)});
  CHECK(store.health());
}

void become_replica(const RedisServer& server, const RedisServer& primary) {
  server.command({"REPLICAOF", "127.0.0.1", std::to_string(primary.port())});
  REQUIRE(soon([&] {
    return server.info({"INFO", "replication"}, "master_link_status") == "up" &&
           server.info({"INFO", "replication"}, "master_sync_in_progress") == "0";
  }));
}

TEST_CASE("redis refusal: a server turned into a replica refuses commits and changes nothing") {
  const RedisServer server;
  const RedisServer other;
  const auto store = open_redis(redis_options(server.url()));
  REQUIRE(committed(store->commit(bind(1))));
  REQUIRE(committed(store->commit(bind(2))));
  become_replica(other, server);
  other.command({"REPLICAOF", "NO", "ONE"});
  become_replica(server, other);
  check_commits_are_refused(*store);
  server.command({"REPLICAOF", "NO", "ONE"});
  check_commits_are_accepted(*store);
}

TEST_CASE(
    "redis refusal: a server out of memory refuses commits, changes nothing and still reads") {
  const RedisServer server;
  const auto store = open_redis(redis_options(server.url()));
  REQUIRE(committed(store->commit(bind(1))));
  REQUIRE(committed(store->commit(bind(2))));
  server.command({"CONFIG", "SET", "maxmemory", "1mb"});
  check_commits_are_refused(*store);
  CHECK(missing_of_bind(*store, 1).empty());
  server.command({"CONFIG", "SET", "maxmemory", "0"});
  check_commits_are_accepted(*store);
}

TEST_CASE("redis refusal: a commit that fails after its index entries creates no wallet") {
  const RedisServer server({.password = "secret", .user = "vault"});
  const auto store = open_redis(redis_options(url_with_password(server, "secret")));
  server.command({"ACL", "SETUSER", "vault", "-hset"});
  CHECK_FALSE(store->commit(bind(1)));
  CHECK(must(store->find({IndexKind::subject, digest(1)})).size() == 1);
  server.command({"ACL", "SETUSER", "vault", "+hset"});
  CHECK_FALSE(must(store->load(wallet_id(1))));
  CHECK_FALSE(must(store->load_pan(wallet_id(1), card_id(1))));
  CHECK(must(store->read_audit(wallet_id(1), 0, 100)).empty());
  CHECK(must(store->claim_due(at_second(90000), Seconds(60), 10)).empty());

  Commit other = bind(2);
  other.add_index = {{IndexKind::subject, digest(1)}};
  CHECK(committed(store->commit(other)));
  CHECK(must(store->find({IndexKind::subject, digest(1)})) == std::vector{wallet_id(2)});
}

TEST_CASE("redis refusal: a server with too few replicas refuses commits") {
  const RedisServer server({.config = {"min-replicas-to-write 1"}});
  const auto store = open_redis(redis_options(server.url()));
  CHECK(is_unavailable(store->commit(bind(1))));
  CHECK(is_unavailable(store->health()));
  CHECK_FALSE(must(store->load(wallet_id(1))));
  server.command({"CONFIG", "SET", "min-replicas-to-write", "0"});
  CHECK(committed(store->commit(bind(1))));
  CHECK(store->health());
}

TEST_CASE("redis refusal: revoked rights are an error until they are granted again") {
  const RedisServer server({.password = "secret", .user = "vault"});
  const auto store = open_redis(redis_options(url_with_password(server, "secret")));
  REQUIRE(committed(store->commit(bind(1))));
  server.command({"ACL", "SETUSER", "vault", "-hget", "-evalsha", "-eval"});
  CHECK(is_unavailable(store->load(wallet_id(1))));
  CHECK(is_unavailable(store->commit(plain_commit(1, 1))));
  CHECK(is_unavailable(store->health()));
  server.command({"ACL", "SETUSER", "vault", "+hget", "+evalsha", "+eval"});
  CHECK(missing_of_bind(*store, 1).empty());
  CHECK(committed(store->commit(plain_commit(1, 1))));
  CHECK(store->health());
  // A right used only by the scripts.
  server.command({"ACL", "SETUSER", "vault", "-hset"});
  CHECK(is_unavailable(store->commit(plain_commit(1, 2))));
  CHECK(is_unavailable(store->health()));
  server.command({"ACL", "SETUSER", "vault", "+hset"});
  CHECK(committed(store->commit(plain_commit(1, 2))));
  CHECK(store->health());
}

TEST_CASE("redis refusal: a key of another type is record_corrupt for its wallet only") {
  const RedisServer server;
  const auto store = open_redis(redis_options(server.url()));
  REQUIRE(committed(store->commit(bind(1))));
  REQUIRE(committed(store->commit(bind(2))));
  const std::string key = "cv:{" + wallet_id(1).text().substr(4) + "}";
  server.command({"DEL", key});
  server.command({"SET", key, "text"});
  CHECK(store->load(wallet_id(1)).error().code == ErrorCode::record_corrupt);
  CHECK(store->commit(plain_commit(1, 1)).error().code == ErrorCode::record_corrupt);
  CHECK(committed(store->commit(plain_commit(2, 1))));
  CHECK(store->health());
}

TEST_CASE("redis refusal: a changed password ends connections and keeps the data") {
  const RedisServer server({.password = "secret", .user = "vault"});
  const auto store = open_redis(redis_options(url_with_password(server, "secret")));
  REQUIRE(committed(store->commit(bind(1))));
  server.command({"ACL", "SETUSER", "vault", "resetpass", ">another"});
  server.command({"CLIENT", "KILL", "USER", "vault"});
  CHECK(soon([&] { return is_unavailable(store->load(wallet_id(1))); }));
  CHECK(is_unavailable(store->commit(plain_commit(1, 1))));
  server.command({"ACL", "SETUSER", "vault", ">secret"});
  CHECK(soon([&] { return store->load(wallet_id(1)).has_value(); }));
  CHECK(missing_of_bind(*store, 1).empty());
}

}  // namespace
}  // namespace cardvault::test
