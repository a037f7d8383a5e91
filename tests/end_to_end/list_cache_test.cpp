#include <catch2/catch_test_macros.hpp>

#include "tests/end_to_end/served_vault.h"

namespace cardvault::test {
namespace {

constexpr const char* kSelecting = "Authorization, Device-Id, Origin";

/// A viewer who lists cards with one token.
struct Look {
  std::string name;
  std::string token;
  std::string device;
  std::string tag = {};
  std::string body = {};
};

Answer ask(ServedVault& vault, const Look& look, const Fields& fields = {}) {
  return vault.front_end(look.token, look.device).get("/v1/cards", fields);
}

/// A tag of one look gets no 304 with the token of another, and gets it with its own.
void check_pairs(ServedVault& vault, std::vector<Look>& looks) {
  for (Look& look : looks) {
    const auto list = ask(vault, look);
    REQUIRE(list.status == 200);
    CHECK(list.field("Cache-Control") == "no-store");
    CHECK(list.field("Vary") == kSelecting);
    look.tag = list.field("ETag");
    look.body = list.body;
  }
  for (const Look& look : looks) {
    for (const Look& other : looks) {
      INFO(look.name << " with the tag of " << other.name);
      const auto answer = ask(vault, look, {{"If-None-Match", other.tag}});
      const bool own = look.name == other.name;
      CHECK(answer.status == (own ? 304 : 200));
      CHECK(answer.body == (own ? "" : look.body));
      CHECK(answer.field("ETag") == look.tag);
      CHECK(answer.field("Cache-Control") == "no-store");
      CHECK(answer.field("Vary") == kSelecting);
    }
  }
}

}  // namespace

TEST_CASE("list: a tag of another user, channel, card or scope gets no 304") {
  ServedVault vault;
  const Json channels{"wechat_pay", "alipay"};
  const Holder a = vault.new_holder();
  const Holder b = vault.new_holder();
  const std::string card = vault.bind_card(a, kPans[0], channels);
  vault.bind_card(b, kPans[1], channels);
  const auto look = [&](std::string name, const Holder& holder, const Json& more = Json::object()) {
    return Look{std::move(name), vault.token(holder, more), holder.device};
  };
  std::vector<Look> looks{look("A", a),
                          look("B", b),
                          look("A in one channel", a, {{"channel", "wechat_pay"}}),
                          look("A in another", a, {{"channel", "alipay"}}),
                          look("A with one card", a, {{"card_id", card}}),
                          look("A with more scopes", a,
                               {{"scopes", {"cards:list", "card:deregister"}}, {"ttl_s", 60}})};
  check_pairs(vault, looks);
  const auto version = [](const Look& one) {
    return Json::parse(one.body).at("list_version").get<int>();
  };
  CHECK(version(looks[0]) == version(looks[1]));
  vault.stop();
}

TEST_CASE("list: a tag changes with locale and cards and survives a new token") {
  ServedVault vault;
  const Holder holder = vault.new_holder();
  vault.bind_card(holder, kPans[0]);
  Look look{"", vault.token(holder), holder.device};
  const auto tag = [&](const Look& one) { return ask(vault, one).field("ETag"); };
  const std::string first = tag(look);
  look.token = vault.token(holder);
  CHECK(ask(vault, look, {{"If-None-Match", "\"x\", W/" + first}}).status == 304);
  CHECK(ask(vault, look, {{"If-None-Match", "\"x" + first + "\""}}).status == 200);
  REQUIRE(vault.backend().patch(holder.path(), {{"locale", "en-GB"}}).status == 200);
  const std::string english = tag(look);
  CHECK(english != first);
  vault.bind_card(holder, kPans[1]);
  const std::string with_two = tag(look);
  CHECK(with_two != english);

  REQUIRE(vault.backend().patch(holder.path(), {{"state", "closed"}}).status == 200);
  check_problem(ask(vault, look, {{"If-None-Match", with_two}}), 401, "token_revoked");
  vault.stop();
}

TEST_CASE("caches: only the published keys may be stored by caches") {
  ServedVault vault;
  const Holder holder = vault.new_holder();
  const std::string card = vault.bind_card(holder, kPans[0]);
  auto viewer = vault.front_end(vault.token(holder), holder.device);
  auto backend = vault.backend();
  const auto check_kept_nowhere = [](const Answer& answer) {
    INFO(answer.status << ' ' << answer.body);
    CHECK(answer.field("Cache-Control") == "no-store");
    CHECK(answer.field("Vary") == kSelecting);
  };
  check_kept_nowhere(viewer.get("/v1/cards/" + card));
  check_kept_nowhere(viewer.get("/v1/cards/" + std::string(kNoCard)));
  check_kept_nowhere(viewer.patch("/v1/cards/" + card, {{"nickname", "pay"}}));
  check_kept_nowhere(viewer.del("/v1/cards"));
  check_kept_nowhere(backend.get(holder.path()));
  check_kept_nowhere(backend.get(holder.path("/audit")));
  check_kept_nowhere(backend.del(holder.path("/tokens")));
  check_kept_nowhere(viewer.get("/v1/cards"));
  check_kept_nowhere(vault.nobody().get("/v1/cards"));
  check_kept_nowhere(vault.nobody().get("/nowhere"));
  for (const char* path : {"/livez", "/readyz", "/metrics", "/nowhere"}) {
    check_kept_nowhere(vault.operations().get(path));
  }
  const auto keys = vault.nobody().get("/.well-known/cardvault-keys");
  CHECK(keys.field("Cache-Control") == "public, max-age=60");
  CHECK(keys.field("Vary") == "Origin");
  vault.stop();
}

TEST_CASE("HEAD: probes, published keys and lists answer as to GET without a body") {
  ServedVault vault;
  const Holder holder = vault.new_holder();
  vault.bind_card(holder, kPans[0]);
  auto viewer = vault.front_end(vault.token(holder), holder.device);
  const auto check_head = [](VaultClient& client, const std::string& path) {
    INFO(path);
    const auto whole = client.get(path);
    const auto head = client.send("HEAD", path, "");
    CHECK(head.status == 200);
    CHECK(head.body.empty());
    CHECK(head.field("Content-Length") == std::to_string(whole.body.size()));
    CHECK(head.field("ETag") == whole.field("ETag"));
  };
  auto operations = vault.operations();
  auto nobody = vault.nobody();
  check_head(operations, "/livez");
  check_head(operations, "/readyz");
  check_head(nobody, "/.well-known/cardvault-keys");
  check_head(viewer, "/v1/cards");
  const auto unauthenticated = nobody.send("HEAD", "/v1/cards", "");
  CHECK(unauthenticated.status == 401);
  CHECK(unauthenticated.body.empty());
  CHECK(operations.send("HEAD", "/metrics", "").status == 200);
  vault.stop();
}

TEST_CASE("metrics: a refused request is counted under its method") {
  ServedVault vault;
  auto nobody = vault.nobody();
  check_problem(nobody.del("/v1/cards"), 405, "method_not_allowed");
  check_problem(nobody.put("/nowhere", {{"a", 1}}), 404, "route_not_found");
  CHECK(nobody.send("HEAD", "/v1/cards", "").status == 401);
  const std::string metrics = vault.operations().get("/metrics").body;
  const auto counted = [&](std::string_view labels) {
    return metrics.find("cardvault_http_requests_total{" + std::string(labels) + "} 1\n") !=
           std::string::npos;
  };
  CHECK(counted(R"(method="DELETE",route="none",status="405")"));
  CHECK(counted(R"(method="PUT",route="none",status="404")"));
  CHECK(counted(R"(method="HEAD",route="/v1/cards",status="401")"));
  vault.stop();
}

}  // namespace cardvault::test
