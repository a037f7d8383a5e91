#include <catch2/catch_test_macros.hpp>

#include "tests/end_to_end/cascade_fixture.h"

namespace cardvault::test {

TEST_CASE("ending: after the bank cancels a card every wallet that holds it deregisters it") {
  Cascade cascade;
  auto& vault = cascade.vault();
  const Holder first = vault.new_holder();
  const Holder second = vault.new_holder();
  vault.bind_card(first, kPans[0], {"alipay"});
  vault.bind_card(second, kPans[0], {"wearable"});
  vault.bind_card(second, kPans[1]);
  auto bank = vault.backend(vault.add_client("bank:report"));
  const Json event{{"type", "card.cancelled"}, {"pan", kPans[0]}};
  check_problem(vault.backend(vault.add_client("cards:deregister")).post("/v1/bank-events", event),
                403, "permission_denied");
  const auto taken = bank.post("/v1/bank-events", event);
  CHECK(taken.status == 202);
  CHECK(taken.json().at("cards_ended") == 2);
  CHECK(taken.body.find(kPans[0]) == std::string::npos);
  CHECK(vault.cards(first).empty());
  CHECK(vault.cards(second).size() == 1);
  const auto all = vault.backend().get(first.path("/deregistrations")).json().at("data");
  REQUIRE(all.size() == 1);
  CHECK(all[0].at("reason") == "bank_cancelled");
  cascade.await_state(first, all[0], "closed");
  CHECK(bank.post("/v1/bank-events", event).json().at("cards_ended") == 0);
  check_problem(bank.post("/v1/bank-events", {{"type", "card.cancelled"}, {"pan", "4111"}}), 422,
                "invalid_pan");
  check_problem(bank.post("/v1/bank-events", {{"type", "card.lost"}, {"pan", kPans[0]}}), 400,
                "invalid_request", "type", "not_allowed");
  vault.stop();
}

TEST_CASE("ending: a closed wallet has no cards, devices or tokens and cannot reopen") {
  Cascade cascade;
  auto& vault = cascade.vault();
  const Holder holder = vault.new_holder();
  vault.set_gesture(holder);
  vault.bind_card(holder, kPans[0], {"alipay"});
  vault.bind_card(holder, kPans[1], {"wearable"});
  auto viewer = vault.front_end(vault.token(holder), holder.device);
  const Json close{{"state", "closed"}, {"reason", "user_left"}};
  check_problem(vault.backend(vault.add_client("wallets:write")).patch(holder.path(), close), 403,
                "permission_denied");
  const auto closed = vault.backend().patch(holder.path(), close);
  REQUIRE(closed.status == 200);
  CHECK(closed.text("state") == "closed");
  CHECK(closed.json().at("cards") == 0);
  CHECK(closed.json().at("devices") == 0);
  CHECK(closed.json().at("credentials").empty());
  check_problem(viewer.get("/v1/cards"), 401, "token_revoked");
  check_problem(vault.backend().patch(holder.path(), {{"state", "active"}}), 409, "wallet_closed");
  check_problem(vault.backend().post(holder.path("/cards"), {{"pan", kPans[2]}}), 409,
                "wallet_closed");
  CHECK(vault.backend().patch(holder.path(), close).status == 200);
  const auto all = vault.backend().get(holder.path("/deregistrations")).json().at("data");
  REQUIRE(all.size() == 2);
  for (const Json& one : all) {
    CHECK(one.at("reason") == "user_left");
    cascade.await_state(holder, one, "closed");
  }
  check_problem(vault.backend().patch(holder.path(), {{"locale", "en"}, {"reason", "x"}}), 400,
                "invalid_request", "reason", "not_allowed");
  vault.stop();
}

TEST_CASE("ending: backend and holder close a channel of a card and the backend opens it again") {
  Cascade cascade;
  auto& vault = cascade.vault();
  const Holder holder = vault.new_holder();
  const std::string card = vault.bind_card(holder, kPans[0], {"alipay", "wearable"});
  cascade.turn("alipay", {{"status", 500}});
  auto team = vault.backend(vault.add_client("cards:channels"));
  const std::string path = holder.path("/cards/" + card);
  const auto after = team.patch(path, {{"close_channel", "alipay"}, {"reason", "lost_trust"}});
  REQUIRE(after.status == 200);
  CHECK(after.json().at("channels") == Json{"wearable"});
  check_problem(team.patch(path, {{"open_channel", "alipay"}}), 409, "channel_closing");
  cascade.turn("alipay", {{"status", nullptr}});
  const Json one = vault.backend().get(holder.path("/deregistrations")).json().at("data").at(0);
  CHECK(one.at("extent") == "channel");
  CHECK(one.at("reason") == "lost_trust");
  (void)cascade.command({"closures", "retry", "--all"});
  cascade.await_state(holder, one, "closed");
  CHECK(team.patch(path, {{"open_channel", "alipay"}}).status == 200);

  auto viewer = vault.front_end(vault.token(holder), holder.device);
  check_problem(viewer.patch("/v1/cards/" + card, {{"close_channel", "alipay"}}), 403,
                "insufficient_scope");
  auto changer = vault.front_end(vault.token(holder, {{"scopes", {"cards:list", "card:channels"}}}),
                                 holder.device);
  CHECK(changer.patch("/v1/cards/" + card, {{"close_channel", "alipay"}}).status == 200);
  CHECK(vault.cards(holder).at(0).at("channels") == Json{"wearable"});
  check_problem(team.patch(path, Json::object()), 400, "invalid_request", "open_channel",
                "required");
  check_problem(team.patch(path, {{"open_channel", "cinema"}}), 400, "invalid_request",
                "open_channel", "not_allowed");
  check_problem(team.patch(path, {{"open_channel", "alipay"}, {"close_channel", "alipay"}}), 400,
                "invalid_request", "close_channel", "duplicate");
  vault.stop();
}

TEST_CASE("ending: a consent withdrawal for one channel closes that channel on all cards") {
  Cascade cascade;
  auto& vault = cascade.vault();
  const Holder holder = vault.new_holder();
  vault.bind_card(holder, kPans[0], {"alipay", "wearable"});
  vault.bind_card(holder, kPans[1], {"alipay"});
  const auto withdrawn =
      vault.backend().post(holder.path("/consent-withdrawals"), {{"channel", "alipay"}});
  REQUIRE(withdrawn.status == 202);
  const Json made = withdrawn.json().at("data");
  REQUIRE(made.size() == 2);
  for (const Json& one : made) {
    CHECK(one.at("reason") == "consent_withdrawn");
    cascade.await_state(holder, one, "closed");
  }
  CHECK(vault.cards(holder).size() == 2);
  CHECK(cascade.stat("alipay", "distinct") == 2);
  CHECK(cascade.stat("wearable", "received") == 0);
  check_problem(vault.backend().post(holder.path("/consent-withdrawals"), Json::object()), 400,
                "invalid_request", "channel", "required");
  vault.stop();
}

}  // namespace cardvault::test
