#include <catch2/catch_test_macros.hpp>

#include "tests/end_to_end/served_vault.h"

namespace cardvault::test {
namespace {

/// The use of a permission: a request that only this permission allows.
struct Use {
  std::string permission;
  std::string method;
  std::string path;
  std::string body;
  int status;
};

std::vector<Use> uses(const Holder& holder, const std::string& card) {
  const std::string device = R"("device_id":")" + holder.device + "\"";
  return {
      {"wallets:read", "GET", holder.path(), "", 200},
      {"wallets:write", "PATCH", holder.path(), R"({"locale":"en-GB"})", 200},
      {"devices:write", "POST", holder.path("/devices"), R"({"name":"t","fingerprint":"t"})", 201},
      {"credentials:write", "PUT", holder.path("/credentials/password"),
       R"({"password":"Kupferkessel-8417"})", 200},
      {"unlock", "POST", holder.path("/unlock"),
       "{" + device + R"(,"method":"password","secret":"Kupferkessel-8417"})", 200},
      {"tokens:issue", "POST", holder.path("/tokens"),
       "{" + device + R"(,"scopes":["cards:list"]})", 201},
      {"tokens:introspect", "POST", "/v1/tokens/introspect", R"({"token":"x"})", 200},
      {"tokens:revoke", "DELETE", holder.path("/tokens"), "", 204},
      {"cards:import", "POST", holder.path("/cards"), R"({"pan":"5555555555554444"})", 201},
      {"cards:deregister", "POST", holder.path("/cards/" + card + "/deregistrations"),
       R"({"reason":"lost"})", 202},
      {"audit:read", "GET", holder.path("/audit"), "", 200},
  };
}

}  // namespace

TEST_CASE("permissions: a client may do only what its permission allows") {
  ServedVault vault;
  const Holder holder = vault.new_holder();
  const auto all = uses(holder, vault.bind_card(holder, kPans[0]));
  for (const Use& given : all) {
    auto client = vault.backend(vault.add_client(given.permission));
    const std::string before = vault.everything(holder);
    for (const Use& other : all) {
      if (other.permission == given.permission) continue;
      INFO(given.permission << " tries what needs " << other.permission);
      const auto refused = client.send(other.method, other.path, other.body);
      check_problem(refused, 403, "permission_denied");
      CHECK(refused.text("detail").find(other.permission) != std::string::npos);
    }
    CHECK(vault.everything(holder) == before);
    INFO(given.permission << " does what it is for");
    const auto done = client.send(given.method, given.path, given.body);
    INFO(done.body);
    CHECK(done.status == given.status);
  }
  vault.stop();
}

TEST_CASE("client keys: a missing or wrong client key gets 401") {
  ServedVault vault;
  const Holder holder = vault.new_holder();
  const std::string key = vault.add_client("wallets:read");
  REQUIRE(vault.backend(key).get(holder.path()).status == 200);
  check_problem(vault.nobody().get(holder.path()), 401, "unauthenticated");
  std::string altered = key;
  altered.back() = altered.back() == 'A' ? 'B' : 'A';
  for (const std::string& wrong :
       {std::string("x"), std::string("cvk_"), altered, key + "A", key.substr(0, key.size() - 1)}) {
    check_problem(vault.backend(wrong).get(holder.path()), 401, "client_key_invalid");
  }
  auto basic = vault.nobody();
  check_problem(basic.get(holder.path(), {{"Authorization", "Basic dTpw"}}), 401,
                "unauthenticated");
  check_problem(vault.backend(vault.token(holder)).get(holder.path()), 401, "client_key_invalid");
  vault.stop();
}

TEST_CASE("idempotency: a retry gets the same answer and is done once") {
  ServedVault vault;
  const Holder holder = vault.new_holder();
  auto team = vault.backend();
  const Fields key{{"Idempotency-Key", "import-1"}};
  const auto first = team.post(holder.path("/cards"), {{"pan", kPans[0]}}, key);
  REQUIRE(first.status == 201);
  CHECK(first.field("Idempotent-Replayed").empty());
  const std::string before = vault.everything(holder);
  const auto again = team.post(holder.path("/cards"), {{"pan", kPans[0]}}, key);
  CHECK(again.status == 201);
  CHECK(again.body == first.body);
  CHECK(again.field("Location") == first.field("Location"));
  CHECK(again.field("Idempotent-Replayed") == "true");

  const auto other = team.post(holder.path("/cards"), {{"pan", kPans[1]}}, key);
  check_problem(other, 422, "idempotency_key_reused");
  check_problem(team.post(holder.path("/cards"), {{"pan", kPans[1]}},
                          {{"Idempotency-Key", std::string(256, 'k')}}),
                400, "invalid_request", "Idempotency-Key", "invalid_format");
  CHECK(vault.everything(holder) == before);

  const std::string second_team = vault.add_client("cards:import");
  const auto theirs =
      vault.backend(second_team).post(holder.path("/cards"), {{"pan", kPans[1]}}, key);
  CHECK(theirs.status == 201);

  vault.advance_clock(24 * 60 * 60 - 60);
  vault.stop();
  vault.start();
  const auto restarted = vault.backend().post(holder.path("/cards"), {{"pan", kPans[0]}}, key);
  CHECK(restarted.body == first.body);
  vault.advance_clock(24 * 60 * 60 + 1);
  check_problem(vault.backend().post(holder.path("/cards"), {{"pan", kPans[0]}}, key), 409,
                "card_already_bound");
  CHECK(vault.backend().post(holder.path("/cards"), {{"pan", kPans[2]}}, key).status == 201);
  vault.stop();
}

TEST_CASE("idempotency: bodies are compared by value and an empty key is refused") {
  ServedVault vault;
  const Holder holder = vault.new_holder();
  auto team = vault.backend();
  const Fields key{{"Idempotency-Key", "by-value"}};
  const auto send = [&](const std::string& body, const Fields& fields) {
    return team.send("POST", holder.path("/cards"), body, fields);
  };
  const auto first = send(R"({"pan":"4111111111111111","channels":["alipay"]})", key);
  REQUIRE(first.status == 201);
  for (const char* same : {R"({"channels":["alipay"],"pan":"4111111111111111"})",
                           "{ \"pan\" :\t\"4111111111111111\",\r\n\"channels\": [ \"alipay\" ] }\n",
                           R"({"pan":"\u0034111111111111111","channels":["ali\u0070ay"]})"}) {
    const auto again = send(same, key);
    INFO(same);
    CHECK(again.status == 201);
    CHECK(again.body == first.body);
    CHECK(again.field("Idempotent-Replayed") == "true");
  }
  check_problem(send(R"({"pan":"4111111111111111"})", key), 422, "idempotency_key_reused");
  check_problem(send(R"({"pan":"4111 1111 1111 1111","channels":["alipay"]})", key), 422,
                "idempotency_key_reused");
  const std::string before = vault.everything(holder);
  check_problem(send(R"({"pan":"5555555555554444"})", {{"Idempotency-Key", ""}}), 400,
                "invalid_request", "Idempotency-Key", "invalid_format");
  CHECK(vault.everything(holder) == before);
  vault.stop();
}

TEST_CASE("idempotency: wallets, devices, tokens and deregistrations are replayed too") {
  ServedVault vault;
  const Holder holder = vault.new_holder();
  const std::string card = vault.bind_card(holder, kPans[0]);
  auto team = vault.backend();
  struct Creation {
    std::string path;
    Json body;
    int status;
  };
  for (const Creation& one :
       {Creation{"/v1/wallets", {{"subject", "twice"}}, 201},
        Creation{holder.path("/devices"), {{"name", "t"}, {"fingerprint", "t"}}, 201},
        Creation{holder.path("/tokens"),
                 {{"device_id", holder.device}, {"scopes", {"cards:list"}}},
                 201},
        Creation{holder.path("/cards/" + card + "/deregistrations"), {{"reason", "lost"}}, 202}}) {
    INFO(one.path);
    const Fields key{{"Idempotency-Key", "same-key-everywhere"}};
    const auto first = team.post(one.path, one.body, key);
    INFO(first.body);
    CHECK(first.status == one.status);
    const auto again = team.post(one.path, one.body, key);
    CHECK(again.status == one.status);
    CHECK(again.body == first.body);
    CHECK(again.field("Idempotent-Replayed") == "true");
  }
  vault.stop();
}

TEST_CASE("CORS: only configured origins are allowed and preflights only on the front-end plane") {
  const std::string origin = "https://wallet.example";
  ServedVault vault({"--cors-origin", origin});
  const Holder holder = vault.new_holder();
  auto viewer = vault.front_end(vault.token(holder), holder.device);
  const auto allowed = viewer.get("/v1/cards", {{"Origin", origin}});
  CHECK(allowed.status == 200);
  CHECK(allowed.field("Access-Control-Allow-Origin") == origin);
  CHECK(allowed.field("Vary") == "Authorization, Device-Id, Origin");
  for (const char* stranger : {"https://evil.example", "https://wallet.example.evil.example",
                               "http://wallet.example", "null"}) {
    CHECK(viewer.get("/v1/cards", {{"Origin", stranger}})
              .field("Access-Control-Allow-Origin")
              .empty());
  }
  const Fields preflight{{"Origin", origin}, {"Access-Control-Request-Method", "GET"}};
  auto browser = vault.nobody();
  const auto open = browser.send("OPTIONS", "/v1/cards", "", preflight);
  CHECK(open.status == 204);
  CHECK(open.field("Access-Control-Allow-Origin") == origin);
  CHECK(open.field("Access-Control-Allow-Methods").find("GET") != std::string::npos);
  const auto backend = browser.send("OPTIONS", holder.path(), "", preflight);
  CHECK(backend.status == 405);
  CHECK(backend.field("Access-Control-Allow-Methods").empty());
  vault.stop();
}

}  // namespace cardvault::test
