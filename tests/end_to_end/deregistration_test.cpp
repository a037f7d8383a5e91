#include <catch2/catch_test_macros.hpp>

#include "tests/end_to_end/served_vault.h"

namespace cardvault::test {

TEST_CASE("deregistration: the holder deregisters a card only with the scope for it") {
  ServedVault vault;
  const Holder holder = vault.new_holder();
  const std::string card = vault.bind_card(holder, kPans[0]);
  const std::string path = "/v1/cards/" + card + "/deregistrations";
  auto viewer = vault.front_end(vault.token(holder), holder.device);
  const std::string before = vault.everything(holder);
  check_problem(viewer.post(path, {{"reason", "lost"}}), 403, "insufficient_scope");
  CHECK(vault.everything(holder) == before);

  auto ender =
      vault.front_end(vault.token(holder, {{"scopes", {"card:deregister"}}}), holder.device);
  check_problem(ender.get("/v1/cards"), 403, "insufficient_scope");
  const auto ended = ender.post(path, {{"reason", "lost"}});
  CHECK(ended.status == 202);
  const auto repeated = ender.post(path, {{"reason", "lost"}});
  CHECK(repeated.status == 200);
  CHECK(repeated.json() == ended.json());
  CHECK(vault.cards(holder).empty());
  vault.stop();
}

TEST_CASE(
    "deregistration: every channel of the card gets a closure and a token shows one channel") {
  ServedVault vault;
  const Holder holder = vault.new_holder();
  const std::string open = vault.bind_card(holder, kPans[0], {"wechat_pay", "wearable"});
  vault.bind_card(holder, kPans[1], {"alipay"});
  auto wearable = vault.front_end(vault.token(holder, {{"channel", "wearable"}}), holder.device);
  const Json shown = wearable.get("/v1/cards").json()["data"];
  REQUIRE(shown.size() == 1);
  CHECK(shown[0]["id"] == open);

  const auto ended =
      vault.backend().post(holder.path("/cards/" + open + "/deregistrations"), {{"reason", "x"}});
  REQUIRE(ended.status == 202);
  const Json channels = ended.json()["channels"];
  REQUIRE(channels.size() == 2);
  for (const Json& channel : channels) {
    CHECK(channel["state"] == "pending");
    CHECK(channel["attempts"] == 0);
    CHECK(channel["next_attempt_at"] == ended.json()["requested_at"]);
    CHECK(channel["closed_at"].is_null());
  }
  CHECK(wearable.get("/v1/cards").json()["data"].empty());
  vault.stop();
}

TEST_CASE("deregistration: a deregistered number can be bound again as a new card") {
  ServedVault vault;
  const Holder holder = vault.new_holder();
  const std::string first = vault.bind_card(holder, kPans[4]);
  const std::string path = holder.path("/cards/" + first + "/deregistrations");
  const auto ended = vault.backend().post(path, {{"reason", "lost"}});
  CHECK(ended.status == 202);
  CHECK(vault.bind_card(holder, kPans[4]) != first);
  CHECK(vault.backend().post(path, {{"reason", "lost"}}).json() == ended.json());
  CHECK(vault.cards(holder).size() == 1);
  vault.stop();
}

}  // namespace cardvault::test
