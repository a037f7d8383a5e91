#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "tests/end_to_end/served_vault.h"
#include "tests/support/redis_server.h"
#include "tests/support/soon.h"

namespace cardvault::test {
namespace {

/// Two servers of one vault, each the real program with its own data directory.
struct Together {
  explicit Together(const std::vector<std::string>& options = {})
      : one(options, {"--store", redis.url()}), other(one, options) {}

  RedisServer redis;
  ServedVault one;
  ServedVault other;
};

/// The outside channels.
struct Outside {
  TempDirectory directory;
  SandboxServer sandbox{directory.path()};

  [[nodiscard]] VaultClient client() const {
    return {sandbox.port(), {}, std::make_shared<Transcript>()};
  }
  [[nodiscard]] std::vector<std::string> options() const {
    return {"--channels", sandbox.channels_file().string(), "--allow-private-targets"};
  }
  /// Tells the sandbox where the vault publishes its keys.
  void introduce(ServedVault& vault) const {
    const std::string url = "http://127.0.0.1:" + std::to_string(vault.server().port());
    REQUIRE(client().post("/control/vault", {{"url", url}}).status == 200);
  }
  void turn(const std::string& channel, const Json& knobs) const {
    REQUIRE(client().patch("/control/channels/" + channel, knobs).status == 200);
  }
  void advance_clock(long seconds) const {
    REQUIRE(client().post("/control/clock", {{"advance_s", seconds}}).status == 200);
  }
  [[nodiscard]] int counted(const std::string& channel, const char* counter) const {
    return client().get("/stats").json().at("channels").at(channel).at(counter);
  }
};

}  // namespace

TEST_CASE(
    "two servers on one store: each lists the cards bound by the other with tokens of either") {
  Together together;
  const Holder holder = together.one.new_holder();
  const std::string card = together.one.bind_card(holder, kPans[0]);
  const std::string token = together.one.token(holder);
  const auto listed = together.other.front_end(token, holder.device).get("/v1/cards");
  CHECK(listed.status == 200);
  REQUIRE(listed.json().at("data").size() == 1);
  CHECK(listed.json()["data"][0].at("id") == card);
  CHECK(listed.json() == together.one.front_end(token, holder.device).get("/v1/cards").json());

  const std::string later = together.other.bind_card(holder, kPans[1]);
  const Json cards = together.one.cards(holder);
  REQUIRE(cards.size() == 2);
  CHECK(cards[1].at("id") == later);
  CHECK(together.one.everything(holder) == together.other.everything(holder));
}

TEST_CASE("two servers on one store: a freeze at one ends a token at the other at once") {
  Together together;
  const Holder holder = together.one.new_holder();
  together.one.bind_card(holder, kPans[0]);
  const std::string token = together.one.token(holder);
  auto viewer = together.other.front_end(token, holder.device);
  for (int round = 0; round < 5; ++round) {
    REQUIRE(viewer.get("/v1/cards").status == 200);
    auto team = together.one.backend();
    REQUIRE(team.patch(holder.path(), {{"state", "frozen"}}).status == 200);
    check_problem(viewer.get("/v1/cards"), 403, "wallet_frozen");
    REQUIRE(team.patch(holder.path(), {{"state", "active"}}).status == 200);
    check_problem(viewer.get("/v1/cards"), 401, "token_revoked");
    viewer = together.other.front_end(together.one.token(holder), holder.device);
  }
}

TEST_CASE("two servers on one store: attempts at a gesture are counted together") {
  Together together;
  const Holder holder = together.one.new_holder();
  together.one.set_gesture(holder);
  const Json wrong{{"device_id", holder.device}, {"method", "gesture"}, {"secret", kWrongGesture}};
  int left = -1;
  for (int attempt = 0; attempt < 3; ++attempt) {
    ServedVault& vault = attempt % 2 == 0 ? together.one : together.other;
    const Json answer = vault.backend().post(holder.path("/unlock"), wrong).json();
    REQUIRE(answer.contains("attempts_left"));
    const int now = answer.at("attempts_left");
    if (left >= 0) CHECK(now == left - 1);
    left = now;
  }
}

TEST_CASE("two servers on one store: a client added through one is accepted by the other") {
  Together together;
  const std::string key = together.one.add_client("wallets:read");
  const Holder holder = together.one.new_holder();
  CHECK(together.one.backend(key).get(holder.path()).status == 200);
  CHECK(soon([&] { return together.other.backend(key).get(holder.path()).status == 200; }));
}

TEST_CASE("two servers on one store: a subject gets one wallet from either server") {
  Together together;
  const Json body{{"subject", "the-same"}};
  const auto made = together.one.backend().post("/v1/wallets", body, {{"Idempotency-Key", "k-1"}});
  REQUIRE(made.status == 201);
  const auto again =
      together.other.backend().post("/v1/wallets", body, {{"Idempotency-Key", "k-1"}});
  CHECK(again.status == made.status);
  CHECK(again.id() == made.id());
  CHECK(together.other.backend().post("/v1/wallets", body).status != 201);
}

TEST_CASE("two servers on one store: each channel of a deregistration is told exactly once") {
  constexpr int kHolders = 4;
  const std::vector<std::string> channels{"alipay", "wearable"};
  const Outside outside;
  Together together(outside.options());
  outside.introduce(together.one);
  std::vector<std::string> made;
  for (int n = 0; n < kHolders; ++n) {
    const Holder holder = together.one.new_holder();
    for (const char* pan : kPans) {
      ServedVault& vault = made.size() % 2 == 0 ? together.one : together.other;
      const std::string card = together.one.bind_card(holder, pan, channels);
      const auto ended = vault.backend().post(holder.path("/cards/" + card + "/deregistrations"),
                                              {{"reason", "user_requested"}});
      REQUIRE(ended.status == 202);
      made.push_back(holder.path("/deregistrations/" + ended.id()));
    }
  }
  for (const std::string& path : made) {
    const auto is_closed = [&] {
      return together.other.backend().get(path).text("state") == "closed";
    };
    REQUIRE(soon(is_closed));
    CHECK(together.one.backend().get(path).json() == together.other.backend().get(path).json());
  }
  for (const std::string& channel : channels) {
    CHECK(outside.counted(channel, "distinct") == static_cast<int>(made.size()));
    CHECK(outside.counted(channel, "duplicates") == 0);
  }
  together.one.stop();
  together.other.stop();
}

TEST_CASE("two servers on one store: after one is killed the other completes its closures") {
  const Outside outside;
  Together together(outside.options());
  outside.introduce(together.other);
  outside.turn("alipay", {{"down", true}});
  const Holder holder = together.one.new_holder();
  const std::string card = together.one.bind_card(holder, kPans[0], {"alipay"});
  const auto ended = together.one.backend().post(holder.path("/cards/" + card + "/deregistrations"),
                                                 {{"reason", "user_requested"}});
  REQUIRE(ended.status == 202);
  together.one.kill();
  outside.turn("alipay", {{"down", false}});
  // The lease of the dead process and the backoff after a failure end.
  together.other.advance_clock(3600);
  outside.advance_clock(3600);
  const auto path = holder.path("/deregistrations/" + ended.id());
  CHECK(soon([&] { return together.other.backend().get(path).text("state") == "closed"; }));
  CHECK(outside.counted("alipay", "distinct") == 1);
}

}  // namespace cardvault::test
