#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <optional>
#include <set>
#include <thread>

#include "crypto/keys/keyring.h"
#include "tests/end_to_end/served_vault.h"
#include "tests/support/redis_server.h"

namespace cardvault::test {
namespace {

constexpr long kYear = 365L * 24 * 60 * 60;
const std::set<std::string> kMembers{
    "id",          "purpose",    "used_for",   "algorithm",    "bits",    "state", "created_at",
    "promoted_at", "expires_at", "retired_at", "destroyed_at", "warning", "due"};
/// After this time a retired key is destroyed without a wait for processes that may still use it.
constexpr long kLongRetired = 60;

/// The keys of a purpose in the inventory, oldest first.
std::vector<Json> keys_of(const ServedVault& vault, const std::string& purpose) {
  std::vector<Json> keys;
  const Json inventory = vault.command({"key", "list"});
  for (const Json& key : inventory.at("keys")) {
    if (key.at("purpose") == purpose) keys.push_back(key);
  }
  return keys;
}

std::string id_of(const Json& key) {
  return std::to_string(key.at("id").get<std::uint32_t>());
}

std::uint64_t uses_of(const Json& job, const Json& key) {
  for (const Json& left : job.at("left")) {
    if (left.at("id") == key.at("id")) return left.at("uses");
  }
  return 0;
}

/// A client that lists cards repeatedly until the end of the scope.
class Listing {
 public:
  Listing(ServedVault& vault, const Holder& holder)
      : thread_([this, client = vault.front_end(vault.token(holder), holder.device)](
                    const std::stop_token& stop) mutable {
          while (!stop.stop_requested()) {
            const int status = client.get("/v1/cards").status;
            ++(status == 200 ? good_ : bad_);
          }
        }) {}

  [[nodiscard]] int good() const { return good_; }
  [[nodiscard]] int bad() const { return bad_; }

 private:
  std::atomic<int> good_{0};
  std::atomic<int> bad_{0};
  std::jthread thread_;
};

}  // namespace

TEST_CASE(
    "keys: all purposes are rotated, re-sealed and their old keys destroyed while lists go on") {
  // With automatic rotation the server would destroy most of them when the clock jumps.
  ServedVault vault({"--key-rotation", "manual"});
  const Holder holder = vault.new_holder();
  vault.set_password(holder);
  for (const char* pan : kPans) vault.bind_card(holder, pan);
  const Json cards = vault.cards(holder);
  std::optional<Listing> listing(std::in_place, vault, holder);
  for (const Purpose purpose : kPurposes) {
    vault.command({"key", "rotate", std::string(purpose_name(purpose))});
  }
  const Json rewrapped = vault.command({"key", "rewrap"});
  CHECK(rewrapped.at("seen") == 1);
  CHECK(rewrapped.at("rewrapped") == 1);
  CHECK(rewrapped.at("failed") == 0);
  CHECK(vault.cards(holder) == cards);
  CHECK(listing->good() > 0);
  CHECK(listing->bad() == 0);
  listing.reset();

  const Json unlock{{"device_id", holder.device}, {"method", "password"}, {"secret", kPassword}};
  CHECK(vault.backend().post(holder.path("/unlock"), unlock).status == 200);
  // After this time the remembered answers and tokens that need an old key have expired.
  vault.advance_clock(24L * 60 * 60 + 1);
  vault.command({"key", "rewrap"});
  listing.emplace(vault, holder);
  for (const Purpose purpose : kPurposes) {
    const std::string name(purpose_name(purpose));
    INFO(name);
    const auto keys = keys_of(vault, name);
    REQUIRE(keys.size() == 2);
    CHECK(keys[1].at("state") == "current");
    const Run destroyed = vault.run({"key", "destroy", id_of(keys[0])});
    INFO(destroyed.err);
    const bool checks_receipts = purpose == Purpose::receipt_signing;
    CHECK(destroyed.status == (checks_receipts ? 1 : 0));
    CHECK(keys_of(vault, name)[0].at("state") == (checks_receipts ? "retired" : "destroyed"));
  }
  CHECK(listing->good() > 0);
  CHECK(listing->bad() == 0);
  listing.reset();
  CHECK(vault.cards(holder) == cards);
  CHECK(vault.backend().post(holder.path("/unlock"), unlock).status == 200);
  check_problem(vault.backend().post(holder.path("/cards"), {{"pan", kPans[0]}}), 409,
                "card_already_bound");
  const auto again = vault.backend().post("/v1/wallets", {{"subject", "holder-1"}});
  CHECK(again.status == 200);
  CHECK(again.id() == holder.wallet);
  CHECK(vault.backend().get(holder.path("/audit")).json().at("chain").at("intact") == true);
  vault.stop();
  vault.start();
  CHECK(vault.cards(holder) == cards);
}

TEST_CASE("keys: a key still in use is not destroyed or disabled and the error names the use") {
  ServedVault vault;
  const Holder holder = vault.new_holder();
  vault.bind_card(holder, kPans[0]);
  vault.command({"key", "rotate", "pan_wrapping"});
  const Json old = keys_of(vault, "pan_wrapping").at(0);
  CHECK(old.at("state") == "retired");
  vault.advance_clock(kLongRetired);
  for (const char* verb : {"destroy", "disable"}) {
    const Run refused = vault.run({"key", verb, id_of(old)});
    CHECK(refused.status == 1);
    CHECK(refused.err.contains("still needed by 1 card numbers"));
  }
  const Json current = keys_of(vault, "pan_wrapping").at(1);
  CHECK(vault.run({"key", "destroy", id_of(current)}).status == 1);
  CHECK(vault.run({"key", "destroy", "4711"}).status == 1);
  CHECK(uses_of(vault.command({"key", "uses"}), old) == 1);
  CHECK(uses_of(vault.command({"key", "rewrap"}), old) == 0);
  CHECK(vault.run({"key", "destroy", id_of(old)}).status == 0);
  CHECK(vault.run({"key", "enable", id_of(old)}).status == 1);
}

TEST_CASE("keys: with manual rotation expired keys stop sealing until they are rotated") {
  ServedVault vault({"--key-rotation", "manual"});
  const Holder holder = vault.new_holder();
  vault.bind_card(holder, kPans[0]);
  vault.advance_clock(kYear - 10L * 24 * 60 * 60);
  CHECK(keys_of(vault, "token").at(0).at("warning") == "expires_soon");
  CHECK(vault.cards(holder).size() == 1);
  vault.advance_clock(11L * 24 * 60 * 60);
  CHECK(keys_of(vault, "token").at(0).at("warning") == "expired");
  const Json body{{"device_id", holder.device}, {"scopes", {"cards:list"}}};
  check_problem(vault.backend().post(holder.path("/tokens"), body), 503, "key_expired");
  check_problem(vault.backend().post("/v1/wallets", {{"subject", "late"}}), 503, "key_expired");
  CHECK(vault.operations().get("/metrics").body.contains("cardvault_key_due{purpose=\"token\"} 1"));
  const Json rotated = vault.command({"key", "rotate", "--due"});
  CHECK(rotated.at("rotated").size() == kPurposes.size());
  CHECK(vault.cards(holder).size() == 1);
  vault.bind_card(holder, kPans[1]);
  CHECK(vault.command({"key", "rotate", "--due"}).at("rotated").empty());
  CHECK(vault.command({"key", "rotate", "--all"}).at("rotated").size() == kPurposes.size());
  CHECK(vault.run({"key", "rotate"}).status != 0);
  CHECK(vault.run({"key", "rotate", "token", "--all"}).status != 0);
  CHECK(vault.cards(holder).size() == 2);
}

TEST_CASE("keys: without a server the command line rotates, re-seals and destroys keys") {
  ServedVault vault;
  const Holder holder = vault.new_holder();
  vault.bind_card(holder, kPans[0]);
  const std::string before = vault.cards(holder).dump();
  vault.stop();
  CHECK(vault.command({"key", "rotate", "wallet_records"}).at("current") == true);
  const Json rewrapped = vault.command({"key", "rewrap"});
  CHECK(rewrapped.at("state") == "done");
  CHECK(rewrapped.at("rewrapped") == 1);
  const auto asked = std::chrono::steady_clock::now();
  CHECK(vault.run({"key", "destroy", "1"}).status == 0);
  // A request that took the key before its retirement may still have been in flight.
  CHECK(std::chrono::steady_clock::now() - asked >= std::chrono::seconds{12});
  vault.start();
  CHECK(vault.cards(holder).dump() == before);
}

TEST_CASE("keys: two servers on one store rotate at once and work with every key") {
  RedisServer redis;
  ServedVault one(std::vector<std::string>(), {"--store", redis.url()});
  ServedVault other(one, {});
  const Holder holder = one.new_holder();
  one.bind_card(holder, kPans[0]);
  std::vector<Run> runs(2);
  {
    const std::jthread first([&] { runs[0] = one.run({"key", "rotate", "token"}); });
    const std::jthread second([&] { runs[1] = other.run({"key", "rotate", "token"}); });
  }
  CHECK((runs[0].status == 0 || runs[1].status == 0));
  CHECK(keys_of(one, "token") == keys_of(other, "token"));
  const auto keys = keys_of(one, "token");
  CHECK(keys.back().at("state") == "current");
  CHECK(keys.size() <= 3);
  one.command({"key", "rotate", "wallet_records"});
  other.command({"key", "rewrap"});
  CHECK(one.cards(holder) == other.cards(holder));
  // Waits until no other process can use the key, which was just retired.
  CHECK(one.run({"key", "destroy", "1"}).status == 0);
  CHECK(one.cards(holder) == other.cards(holder));
}

TEST_CASE("keys: the inventory names algorithm, state and end of every key and holds no secret") {
  ServedVault vault;
  const Json inventory = vault.command({"key", "list"});
  CHECK(inventory.at("seal") == "keyfile");
  CHECK(inventory.at("keys").size() == kPurposes.size());
  for (const Json& key : inventory.at("keys")) {
    CHECK(key.at("state") == "current");
    CHECK(key.at("bits") == 256);
    CHECK_FALSE(key.at("algorithm").get<std::string>().empty());
    CHECK_FALSE(key.at("used_for").get<std::string>().empty());
    CHECK(key.at("expires_at").get<std::string>() > key.at("created_at").get<std::string>());
    std::set<std::string> members;
    for (const auto& [name, value] : key.items()) members.insert(name);
    CHECK(members == kMembers);
  }
  CHECK(inventory.at("others").size() == 5);
  CHECK(vault.operations()
            .get("/metrics")
            .body.contains("cardvault_key_expires_timestamp_seconds{purpose=\"token\"} "));
}

}  // namespace cardvault::test
