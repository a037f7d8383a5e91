#include <catch2/catch_test_macros.hpp>

#include "tests/vault/storage/redis/redis_fixture.h"
#include "vault/storage/redis/redis_store.h"
#include "vault/storage/redis/wallet_value.h"

namespace cardvault::test {
namespace {

constexpr const char* kPassword = "open-sesame-4711";

/// The rights of a vault's user as in docs/redis.md: on one server, and additionally in a cluster.
const std::vector<std::string> kRights{
    "bgrewriteaof", "config|get",    "eval",    "evalsha", "expire", "get",
    "getrange",     "hdel",          "hexists", "hget",    "hmget",  "hset",
    "info",         "ping",          "scan",    "set",     "zadd",   "zrange",
    "zrangebylex",  "zrangebyscore", "zrem",    "zscore"};
/// The first is also needed on a single server with snapshots.
const std::vector<std::string> kRightsInACluster{"bgsave", "asking", "cluster|slots", "wait",
                                                 "cluster|nodes"};

std::string rights_without(const std::string& one, bool cluster) {
  std::string rules = "~cv:* resetchannels -@all";
  for (const auto* list : {&kRights, &kRightsInACluster}) {
    if (list == &kRightsInACluster && !cluster) continue;
    for (const std::string& right : *list) {
      if (right != one) rules += " +" + right;
    }
  }
  return rules;
}

Commit with_subject(std::uint32_t n, std::uint32_t subject) {
  Commit change = plain_commit(n, 0);
  change.add_index = {{IndexKind::subject, digest(subject)}};
  return change;
}

/// Commits of every kind, including the index entry of a dead process at `digest(900)`.
bool commits(WalletStore& store) {
  Commit shredding = plain_commit(1, 1);
  shredding.delete_pans = {card_id(1)};
  shredding.remove_index = {{IndexKind::pan_fingerprint, digest(1)}};
  return committed(store.commit(bind(1))) && committed(store.commit(shredding)) &&
         store.commit(with_subject(2, 1)) == CommitOutcome::index_taken &&
         committed(store.commit(with_subject(3, 900))) &&
         store.save_vault_record(VaultRecord::clients, 0, record(1)) == CommitOutcome::committed;
}

bool reads(WalletStore& store) {
  const auto audit = store.read_audit(wallet_id(1), 0, 100);
  const auto found = store.find({IndexKind::subject, digest(900)});
  const auto clients = store.load_vault_record(VaultRecord::clients);
  const auto listed = store.list_due(WalletId(), 100);
  return store.health() && store.load(wallet_id(1)) && store.load_pan(wallet_id(1), card_id(1)) &&
         audit && audit->size() == 9 && found && found->size() == 1 && clients && *clients &&
         listed && listed->empty();
}

bool claims(WalletStore& store) {
  const auto claimed = store.claim_due(at_second(90'000), Seconds(60), 10);
  return claimed && *claimed == std::vector{wallet_id(4)};
}

/// True if every operation of a vault works.
bool everything_works(RedisOptions options) {
  const auto opened = open_redis_store(std::move(options));
  if (!opened) return false;
  WalletStore& store = **opened;
  return commits(store) && reads(store) && committed(store.commit(bind(4))) && claims(store) &&
         store.compact();
}

/// Fails while slots move.
bool lists_wallets(RedisOptions options) {
  const auto store = open_redis_store(std::move(options));
  if (!store) return false;
  const auto first = (*store)->list_wallets("", 100);
  return first && (*store)->list_wallets(first->next, 100);
}

void leave_entry(const RedisServer& server) {
  server.command(
      {"ZADD", index_key_name({IndexKind::subject, digest(900)}), "1", id_bytes(wallet_id(901))});
}

TEST_CASE("redis rights: a user needs exactly the documented rights") {
  const RedisServer server({.password = kPassword, .user = "vault"});
  const auto works_with = [&](const std::string& rights) {
    server.command({"FLUSHALL"});
    server.command({"SCRIPT", "FLUSH"});
    leave_entry(server);
    std::vector<std::string> words{"ACL",   "SETUSER", "vault",
                                   "reset", "on",      std::string(">") + kPassword};
    for (std::size_t at = 0; at < rights.size(); at = rights.find_first_not_of(' ', at)) {
      const auto end = std::min(rights.find(' ', at), rights.size());
      words.push_back(rights.substr(at, end - at));
      at = end;
    }
    server.command(words);
    const std::string url = url_with_password(server, kPassword);
    return everything_works(redis_options(url)) && lists_wallets(redis_options(url));
  };
  CHECK(works_with(rights_without("", false)));
  for (const std::string& right : kRights) {
    CAPTURE(right);
    CHECK_FALSE(works_with(rights_without(right, false)));
  }
}

TEST_CASE("redis rights: a server with snapshots needs one more right") {
  const std::string rights = rights_without("", false);
  const RedisServer server({.password = kPassword, .user = "vault", .rights = rights});
  const auto store = open_redis(redis_options(url_with_password(server, kPassword)));
  server.command({"CONFIG", "SET", "save", "3600 1"});
  CHECK_FALSE(store->compact());
  server.command({"ACL", "SETUSER", "vault", "+" + kRightsInACluster.front()});
  CHECK(store->compact());
}

TEST_CASE("redis rights: a cluster needs five more rights") {
  RedisCluster cluster(
      {.password = kPassword, .user = "vault", .rights = rights_without("", true)});
  auto options = [&] {
    auto all = redis_options(cluster.url());
    all.location.password = SecretText(std::string_view(kPassword));
    all.wait_replicas = 1;
    return all;
  };
  const int slot = cluster.slot_of(index_key_name({IndexKind::subject, digest(900)}));
  const auto home = cluster.primary_of_slot(slot);
  leave_entry(cluster.node(home));
  cluster.begin_move(slot, home, (home + 1) % RedisCluster::kPrimaries);
  cluster.move_keys(slot, 1);
  CHECK(everything_works(options()));
  const auto without = [&](const std::string& right, const auto& check) {
    CAPTURE(right);
    const auto tell = [&](const char* sign) {
      for (const auto& node : cluster.nodes()) {
        node->command({"ACL", "SETUSER", "vault", sign + right});
      }
    };
    tell("-");
    check();
    tell("+");
  };
  for (const std::string right : {"asking", "cluster|slots", "wait"}) {
    without(right, [&] {
      const auto store = open_redis_store(options());
      CHECK_FALSE((store && (*store)->find({IndexKind::subject, digest(900)}) &&
                   (*store)->commit(plain_commit(5, 0))));
    });
  }
  without("bgsave", [&] { CHECK_FALSE(open_redis(options())->compact()); });
  cluster.finish_move(slot);
  CHECK(lists_wallets(options()));
  without("cluster|nodes", [&] { CHECK_FALSE(lists_wallets(options())); });
  const auto store = open_redis(options());
  CHECK(must(store->find({IndexKind::subject, digest(900)})) == std::vector{wallet_id(3)});
  CHECK(committed(store->commit(plain_commit(6, 0))));
}

}  // namespace
}  // namespace cardvault::test
