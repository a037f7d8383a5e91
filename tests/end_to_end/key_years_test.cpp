#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <map>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <thread>
#include <utility>

#include "crypto/keys/keyring.h"
#include "tests/end_to_end/cascade_fixture.h"
#include "tests/support/redis_server.h"
#include "tests/support/soon.h"

namespace cardvault::test {
namespace {

constexpr long kDay = 24L * 60 * 60;
constexpr std::chrono::seconds kLong{180};
const std::set<std::string> kHashes{"pan_fingerprint", "subject_index", "request_digest", "pepper"};

using Statuses = std::map<int, int>;

std::vector<Json> keys_in(const ServedVault& vault, const std::string& purpose,
                          const std::string& state) {
  std::vector<Json> keys;
  const Json inventory = vault.command({"key", "list"});
  for (const Json& key : inventory.at("keys")) {
    if (key.at("purpose") == purpose && key.at("state") == state) keys.push_back(key);
  }
  return keys;
}

/// The numbers of the keys in this state, without receipt keys.
std::set<int> ids_in(const ServedVault& vault, const std::string& state) {
  std::set<int> ids;
  const Json inventory = vault.command({"key", "list"});
  for (const Json& key : inventory.at("keys")) {
    if (key.at("state") == state && key.at("purpose") != "receipt_signing")
      ids.insert(key.at("id").get<int>());
  }
  return ids;
}

bool any_due(const ServedVault& vault) {
  const Json inventory = vault.command({"key", "list"});
  for (const Json& key : inventory.at("keys")) {
    if (key.at("due") == true && !kHashes.contains(key.at("purpose").get<std::string>()))
      return true;
  }
  return false;
}

/// A client that makes tokens, lists and binds until the end of the scope. It pauses while the
/// clock jumps, because a token does not outlive the jump.
class Living {
 public:
  Living(ServedVault& vault, const Holder& holder, std::shared_mutex& jumping)
      : thread_([this, &vault, holder, &jumping](const std::stop_token& stop) {
          auto backend = vault.backend();
          for (int n = 0; !stop.stop_requested(); ++n) {
            const std::shared_lock lock(jumping);
            const Json body{{"device_id", holder.device}, {"scopes", {"cards:list"}}};
            const auto token = note(backend.post(holder.path("/tokens"), body));
            auto app = vault.front_end(token.json().value("token", ""), holder.device);
            note(app.get("/v1/cards"));
            if (n % 10 != 0) continue;
            const auto bound = note(backend.post(holder.path("/cards"), {{"pan", kPans[4]}}));
            note(backend.post(holder.path("/cards/" + bound.id() + "/deregistrations"),
                              {{"reason", "lost"}}));
          }
        }) {}

  /// The counts of the answers, after the thread has ended.
  [[nodiscard]] Statuses stop() {
    thread_.request_stop();
    thread_.join();
    return statuses_;
  }

 private:
  Answer note(Answer answer) {
    ++statuses_[answer.status];
    return answer;
  }

  Statuses statuses_;
  std::jthread thread_;
};

void check_only_good(const Statuses& statuses) {
  for (const auto& [status, count] : statuses) {
    CAPTURE(status, count);
    CHECK((status == 200 || status == 201 || status == 202));
  }
}

std::filesystem::path write(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path) << text;
  return path;
}

}  // namespace

TEST_CASE("keys: over three years keys renew themselves and no list or bind fails") {
  Cascade cascade;
  ServedVault& vault = cascade.vault();
  const TempDirectory receipts;
  const Holder holder = vault.new_holder();
  const Holder other = vault.new_holder();
  vault.set_password(holder);
  vault.bind_card(holder, kPans[0]);
  const Json unlock{{"device_id", holder.device}, {"method", "password"}, {"secret", kPassword}};
  std::shared_mutex jumping;
  Living living(vault, other, jumping);
  std::set<int> retired_before;
  std::set<int> retired_last;
  for (int month = 0; month < 37; ++month) {
    CAPTURE(month);
    const Json ended = cascade.deregister(holder, kPans[1], {"wechat_pay"});
    const Json closed = cascade.await_state(holder, ended, "closed");
    write(receipts.path() / std::to_string(month), closed.at("receipt").dump());
    CHECK(vault.backend().post(holder.path("/unlock"), unlock).status == 200);
    CHECK(vault.cards(holder).size() == 1);
    {
      const std::unique_lock lock(jumping);
      cascade.advance(30 * kDay);
    }
    // Channels keep the old key for a month, other purposes for a day. Two steps are enough for
    // all.
    REQUIRE(soon(
        [&] {
          const auto retired = ids_in(vault, "retired");
          const auto kept = [&](int id) { return retired.contains(id); };
          return !any_due(vault) && std::ranges::none_of(retired_before, kept);
        },
        kLong));
    retired_before = std::exchange(retired_last, ids_in(vault, "retired"));
  }
  check_only_good(living.stop());

  for (const Purpose purpose : kPurposes) {
    const std::string name(purpose_name(purpose));
    CAPTURE(name);
    const bool hash = kHashes.contains(name);
    CHECK(keys_in(vault, name, "current").size() == 1);
    CHECK(keys_in(vault, name, "current")[0].at("warning") == (hash ? Json("expired") : Json()));
    const bool destroyed = !hash && purpose != Purpose::receipt_signing;
    CHECK(keys_in(vault, name, "destroyed").size() >= (destroyed ? 2 : 0));
    CHECK(keys_in(vault, name, "retired").size() <= (purpose == Purpose::receipt_signing ? 3 : 1));
  }
  const auto keys =
      write(receipts.path() / "keys", vault.nobody().get("/.well-known/cardvault-keys").body);
  for (int month = 0; month < 37; ++month) {
    const auto receipt = receipts.path() / std::to_string(month);
    CHECK(run_cardvault(
              {.arguments = {"receipt", "verify", receipt.string(), "--keys", keys.string()}})
              .status == 0);
  }
  // The background checks the whole log after the first page was requested.
  const auto audit = [&] { return vault.backend().get(holder.path("/audit")).json(); };
  CHECK(soon([&] { return audit().at("chain").at("intact") == true; }, kLong));
  CHECK(audit().at("data").size() > 1);
  const std::string metrics = vault.operations().get("/metrics").body;
  CHECK(metrics.contains("cardvault_key_due{purpose=\"token\"} 0"));
  CHECK(metrics.contains("cardvault_key_due{purpose=\"pepper\"} 1"));
  CHECK(metrics.contains("cardvault_keys_made_total{purpose=\"audit\"} 4"));
  CHECK(vault.logs("key_renewed"));
}

TEST_CASE("keys: after a jump of the clock past every cryptoperiod requests succeed") {
  ServedVault vault;
  const Holder holder = vault.new_holder();
  vault.bind_card(holder, kPans[0]);
  vault.advance_clock(400 * kDay);
  CHECK(vault.cards(holder).size() == 1);
  vault.bind_card(holder, kPans[1]);
  CHECK(vault.cards(holder).size() == 2);
}

TEST_CASE("keys: of two servers on one store only one renews keys and both survive a clock jump") {
  RedisServer redis;
  ServedVault one(std::vector<std::string>(), {"--store", redis.url()});
  ServedVault other(one, {});
  const Holder holder = one.new_holder();
  for (const long days : {340L, 400L}) {
    one.advance_clock(days * kDay);
    other.advance_clock(days * kDay);
    CHECK(one.cards(holder).size() == other.cards(holder).size());
    CHECK(one.backend().post("/v1/wallets", {{"subject", std::to_string(days)}}).status == 201);
    REQUIRE(soon([&] { return !any_due(one) && keys_in(one, "audit", "waiting").empty(); }, kLong));
  }
  const auto inventory = [](const ServedVault& vault) { return vault.command({"key", "list"}); };
  CHECK(soon([&] { return inventory(one) == inventory(other); }, kLong));
  for (const Purpose purpose : kPurposes) {
    const std::string name(purpose_name(purpose));
    CAPTURE(name);
    const std::string line = "cardvault_keys_made_total{purpose=\"" + name + "\"} ";
    CHECK(one.operations()
              .get("/metrics")
              .body.contains(line + (kHashes.contains(name) ? "1" : "3")));
  }
}

}  // namespace cardvault::test
