#include <catch2/catch_test_macros.hpp>

#include "tests/sandbox/fake_vault.h"
#include "tests/sandbox/running_sandbox.h"

namespace cardvault::test {
namespace {

TEST_CASE("control: a changed knob is shown and a patch with an unknown knob changes none") {
  const RunningSandbox outside;
  outside.turn({{"delay_ms", 7}});
  CHECK(outside.get("/control/channels").json()["channels"]["alipay"]["delay_ms"] == 7);
  const Answer refused =
      outside.send("PATCH", "/control/channels/alipay", R"({"delay_ms": 8, "delay": 8})");
  CHECK(refused.status == 400);
  CHECK(refused.json()["errors"] == Json{{{"field", "delay"}, {"reason", "unknown_field"}}});
  CHECK(outside.get("/control/channels").json()["channels"]["alipay"]["delay_ms"] == 7);
  CHECK(outside.send("PATCH", "/control/channels/paypal", "{}").status == 404);
}

TEST_CASE("control: a malformed vault address is refused") {
  const RunningSandbox outside;
  for (const char* body : {"{}", R"({"url": 1})", R"({"url": "vault"})", "not json",
                           R"({"url": "http://127.0.0.1:1", "x": 1})"}) {
    INFO(body);
    CHECK(outside.send("POST", "/control/vault", body).status == 400);
  }
  CHECK(outside.get("/control/channels").json()["vault"].is_null());
}

TEST_CASE("control: with the clock moved like the vault's clock its signatures verify") {
  const FakeVault vault;
  const RunningSandbox outside(vault);
  constexpr std::chrono::days kLater{7};
  const std::string body = close_body();
  const auto later = vault.sign("a", body, SystemClock{}.now() + kLater);
  CHECK(outside.close(later, body).status == 401);
  const Json by{{"advance_s", std::chrono::seconds(kLater).count()}};
  REQUIRE(outside.send("POST", "/control/clock", by.dump()).status == 200);
  CHECK(outside.close(later, body).status == 200);
  CHECK(outside.send("POST", "/control/clock", R"({"advance_s": "7"})").status == 400);
}

TEST_CASE("control: a reset clears messages, counters, ids and knobs and keeps the vault") {
  const FakeVault vault;
  const RunningSandbox outside(vault);
  const std::string body = close_body();
  CHECK(outside.close(vault.sign("a", body), body).status == 200);
  outside.turn({{"down", true}});
  CHECK(outside.send("POST", "/control/reset").status == 200);
  CHECK(outside.get("/received").json()["data"].empty());
  CHECK(outside.stats()["received"] == 0);
  CHECK(outside.close(vault.sign("a", body), body).status == 200);
  CHECK(outside.stats()["duplicates"] == 0);
}

TEST_CASE("received: the newest messages of one channel come first up to the limit") {
  const FakeVault vault;
  const RunningSandbox outside(vault);
  for (const char* id : {"a", "b", "c"}) {
    const std::string body = close_body();
    CHECK(outside.close(vault.sign(id, body), body).status == 200);
  }
  const std::string other = close_body("wearable");
  CHECK(outside.close(vault.sign("d", other), other, "wearable").status == 200);
  const Json found = outside.get("/received?channel=alipay&limit=2").json()["data"];
  REQUIRE(found.size() == 2);
  CHECK(found[0]["webhook_id"] == "c");
  CHECK(found[1]["webhook_id"] == "b");
}

TEST_CASE("received: an invalid limit or channel is refused") {
  const RunningSandbox outside;
  for (const char* query : {"limit=0", "limit=1001", "limit=x", "limit=", "channel=paypal"}) {
    INFO(query);
    CHECK(outside.get(std::string("/received?") + query).status == 400);
  }
}

TEST_CASE("page: text of a stranger is escaped") {
  const FakeVault vault;
  const RunningSandbox outside(vault);
  const std::string hostile = "<script>alert(1)</script>";
  CHECK(outside
            .close({.id = hostile, .timestamp = "1", .signature = hostile},
                   close_body("alipay", hostile))
            .status == 401);
  const Answer page = outside.get("/");
  CHECK(page.status == 200);
  CHECK(page.body.find("<script") == std::string::npos);
  CHECK(page.body.find("&lt;script&gt;") != std::string::npos);
}

TEST_CASE("other requests: an unknown path gets a problem document and a large body gets 413") {
  const RunningSandbox outside;
  CHECK(outside.get("/livez").status == 200);
  const Answer missing = outside.get("/nothing");
  CHECK(missing.status == 404);
  CHECK(missing.json()["code"] == "route_not_found");
  CHECK(outside.send("POST", "/channels/alipay/close", std::string(70'000, 'x')).status == 413);
}

}  // namespace
}  // namespace cardvault::test
