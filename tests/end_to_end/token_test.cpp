#include <catch2/catch_test_macros.hpp>

#include "tests/end_to_end/served_vault.h"

namespace cardvault::test {
namespace {

Answer look(ServedVault& vault, const std::string& token, const std::string& device) {
  return vault.front_end(token, device).get("/v1/cards");
}

bool is_active(ServedVault& vault, const std::string& token) {
  const auto answer = vault.backend().post("/v1/tokens/introspect", {{"token", token}});
  CHECK(answer.status == 200);
  return answer.json().at("active");
}

}  // namespace

TEST_CASE("tokens: a malformed or foreign token or another device's token shows nothing") {
  ServedVault vault;
  const Holder holder = vault.new_holder();
  const Holder other = vault.new_holder();
  vault.bind_card(holder, kPans[0]);
  const std::string token = vault.token(holder);
  REQUIRE(look(vault, token, holder.device).status == 200);
  const std::string before = vault.everything(holder);

  for (const std::size_t cut : {std::size_t{1}, std::size_t{40}, token.size() - 12}) {
    check_problem(look(vault, token.substr(0, token.size() - cut), holder.device), 401,
                  "token_invalid");
  }
  std::string altered = token;
  altered[60] = altered[60] == 'A' ? 'B' : 'A';
  check_problem(look(vault, altered, holder.device), 401, "token_invalid");
  check_problem(look(vault, token + "A", holder.device), 401, "token_invalid");
  check_problem(look(vault, "v4.public." + token.substr(9), holder.device), 401, "token_invalid");
  check_problem(look(vault, "v4.local.", holder.device), 401, "token_invalid");
  check_problem(look(vault, vault.admin_key(), holder.device), 401, "token_invalid");
  check_problem(look(vault, token, other.device), 401, "token_wrong_device");
  check_problem(look(vault, token, ""), 401, "token_wrong_device");
  check_problem(look(vault, vault.token(other), holder.device), 401, "token_wrong_device");
  check_problem(vault.nobody().get("/v1/cards"), 401, "unauthenticated");
  CHECK_FALSE(vault.nobody().get("/v1/cards").field("WWW-Authenticate").empty());
  check_problem(vault.backend(token).get(holder.path()), 401, "client_key_invalid");

  ServedVault elsewhere;
  const Holder stranger = elsewhere.new_holder();
  check_problem(look(vault, elsewhere.token(stranger), stranger.device), 401, "token_invalid");
  check_problem(elsewhere.backend(vault.admin_key()).get(stranger.path()), 401,
                "client_key_invalid");
  CHECK(vault.everything(holder) == before);
  elsewhere.stop();
  vault.stop();
}

TEST_CASE("tokens: a token expires to the second") {
  ServedVault vault;
  const Holder holder = vault.new_holder();
  const std::string usual = vault.token(holder);
  const std::string longest = vault.token(holder, {{"ttl_s", 900}});
  vault.advance_clock(170);
  CHECK(look(vault, usual, holder.device).status == 200);
  CHECK(is_active(vault, usual));
  vault.advance_clock(10);
  check_problem(look(vault, usual, holder.device), 401, "token_expired");
  check_problem(look(vault, usual, kNoDevice), 401, "token_expired");
  CHECK_FALSE(is_active(vault, usual));
  CHECK(look(vault, longest, holder.device).status == 200);
  vault.advance_clock(720);
  check_problem(look(vault, longest, holder.device), 401, "token_expired");
  vault.stop();
}

TEST_CASE("tokens: a revoked token is dead at once, alone or with all of its wallet") {
  ServedVault vault;
  const Holder holder = vault.new_holder();
  const Holder bystander = vault.new_holder();
  auto team = vault.backend();
  const std::string first = vault.token(holder);
  const std::string second = vault.token(holder);
  const std::string untouched = vault.token(bystander);

  const auto revoked = team.post("/v1/tokens/revoke", {{"token", first}});
  CHECK(revoked.status == 200);
  CHECK(team.post("/v1/tokens/revoke", {{"token", first}}).status == 200);
  check_problem(look(vault, first, holder.device), 401, "token_revoked");
  CHECK(look(vault, second, holder.device).status == 200);

  CHECK(team.del(holder.path("/tokens")).status == 204);
  check_problem(look(vault, second, holder.device), 401, "token_revoked");
  const std::string after = vault.token(holder);
  CHECK(look(vault, after, holder.device).status == 200);
  vault.stop();
  vault.start();
  check_problem(look(vault, first, holder.device), 401, "token_revoked");
  check_problem(look(vault, second, holder.device), 401, "token_revoked");
  CHECK(look(vault, untouched, bystander.device).status == 200);
  vault.stop();
}

TEST_CASE("tokens: a new credential, a freeze and the removal of the device kill tokens") {
  ServedVault vault;
  const Holder holder = vault.new_holder();
  auto team = vault.backend();
  const auto killed_by = [&](const std::string& what, auto action) {
    INFO(what);
    const std::string token = vault.token(holder);
    REQUIRE(look(vault, token, holder.device).status == 200);
    action();
    check_problem(look(vault, token, holder.device), 401, "token_revoked");
    CHECK_FALSE(is_active(vault, token));
  };
  killed_by("password set", [&] { vault.set_password(holder); });
  killed_by("gesture set", [&] { vault.set_gesture(holder); });
  killed_by("gesture removed",
            [&] { CHECK(team.del(holder.path("/credentials/gesture")).status == 204); });
  killed_by("frozen and unfrozen", [&] {
    CHECK(team.patch(holder.path(), {{"state", "frozen"}}).status == 200);
    CHECK(team.patch(holder.path(), {{"state", "active"}}).status == 200);
  });
  const std::string token = vault.token(holder);
  CHECK(team.patch(holder.path(), {{"state", "frozen"}}).status == 200);
  check_problem(look(vault, token, holder.device), 403, "wallet_frozen");
  CHECK(team.patch(holder.path(), {{"state", "active"}}).status == 200);
  killed_by("device removed",
            [&] { CHECK(team.del(holder.path("/devices/" + holder.device)).status == 204); });
  vault.stop();
}

TEST_CASE("tokens: introspection and revocation answer as in RFC 7662 and RFC 7009") {
  ServedVault vault;
  const Holder holder = vault.new_holder();
  const std::string card = vault.bind_card(holder, kPans[0], {"alipay"});
  auto team = vault.backend();
  const std::string token = vault.token(
      holder,
      {{"scopes", {"cards:list", "card:deregister"}}, {"card_id", card}, {"channel", "alipay"}});
  const Json active = team.post("/v1/tokens/introspect", {{"token", token}}).json();
  CHECK(active["active"] == true);
  CHECK(active["scope"] == "cards:list card:deregister");
  CHECK(active["token_type"] == "Bearer");
  CHECK(active["sub"] == holder.wallet);
  CHECK(active["device_id"] == holder.device);
  CHECK(active["card_id"] == card);
  CHECK(active["channel"] == "alipay");
  CHECK(active["exp"].get<long>() - active["iat"].get<long>() == 120);

  const Json inactive{{"active", false}};
  for (const std::string& unknown :
       {std::string("garbage"), token + "x", std::string("v4.local."), vault.admin_key()}) {
    CHECK(team.post("/v1/tokens/introspect", {{"token", unknown}}).json() == inactive);
    CHECK(team.post("/v1/tokens/revoke", {{"token", unknown}}).status == 200);
  }
  CHECK(is_active(vault, token));
  for (const char* hint : {"access_token", "refresh_token", "something else"}) {
    const auto hinted =
        team.post("/v1/tokens/introspect", {{"token", token}, {"token_type_hint", hint}});
    CHECK(hinted.status == 200);
    CHECK(hinted.json()["active"] == true);
  }
  CHECK(team.post("/v1/tokens/revoke", {{"token", token}, {"token_type_hint", "refresh_token"}})
            .status == 200);
  CHECK(team.post("/v1/tokens/introspect", {{"token", token}}).json() == inactive);
  check_problem(team.post("/v1/tokens/introspect", Json::object()), 400, "invalid_request", "token",
                "required");
  vault.stop();
}

}  // namespace cardvault::test
