#include <catch2/catch_test_macros.hpp>
#include <chrono>

#include "tests/sandbox/fake_vault.h"
#include "tests/sandbox/running_sandbox.h"

namespace cardvault::test {
namespace {

TEST_CASE("vault's keys: keys are fetched for the first message and kept") {
  const FakeVault vault;
  const RunningSandbox outside(vault);
  CHECK(vault.key_fetches() == 0);
  const std::string body = close_body();
  for (const char* id : {"a", "b", "c"}) {
    CHECK(outside.close(vault.sign(id, body), body).status == 200);
  }
  CHECK(vault.key_fetches() == 1);
}

TEST_CASE("vault's keys: after a key change the new key verifies and the old one does not") {
  FakeVault vault;
  const RunningSandbox outside(vault);
  const std::string body = close_body();
  const auto before = vault.sign("a", body);
  CHECK(outside.close(before, body).status == 200);
  vault.change_key();
  CHECK(outside.close(vault.sign("b", body), body).status == 200);
  CHECK(outside.close(before, body).status == 401);
}

TEST_CASE("vault's keys: forged messages do not trigger more fetches") {
  const FakeVault vault;
  auto settings = RunningSandbox::quick(vault.url());
  settings.keys_refetch_after = std::chrono::hours(1);
  const RunningSandbox outside(settings);
  const std::string body = close_body();
  auto forged = vault.sign("a", body);
  forged.id = "b";
  for (int i = 0; i < 5; ++i) CHECK(outside.close(forged, body).status == 401);
  CHECK(vault.key_fetches() == 1);
}

TEST_CASE("vault's keys: while no keys can be fetched messages get 503 and are not refused") {
  auto vault = std::make_unique<FakeVault>();
  const std::string body = close_body();
  const auto headers = vault->sign("a", body);
  const std::string url = vault->url();
  vault.reset();
  const RunningSandbox outside(RunningSandbox::quick(url));
  CHECK(outside.close(headers, body).status == 503);
  CHECK(outside.stats()["signatures_refused"] == 0);
  CHECK(outside.newest()["signature"] == "not_judged");
}

TEST_CASE("vault's keys: while the vault is down the known keys stay valid") {
  auto vault = std::make_unique<FakeVault>();
  const RunningSandbox outside(*vault);
  const std::string body = close_body();
  CHECK(outside.close(vault->sign("a", body), body).status == 200);
  const auto good = vault->sign("b", body);
  auto forged = good;
  forged.id = "c";
  vault.reset();
  CHECK(outside.close(forged, body).status == 401);
  CHECK(outside.close(good, body).status == 200);
}

TEST_CASE("vault's keys: keys of the previous vault are not valid for another") {
  const FakeVault first;
  const FakeVault second;
  const RunningSandbox outside(first);
  const std::string body = close_body();
  CHECK(outside.close(first.sign("a", body), body).status == 200);
  REQUIRE(outside.send("POST", "/control/vault", Json{{"url", second.url()}}.dump()).status == 200);
  CHECK(outside.close(first.sign("b", body), body).status == 401);
  CHECK(outside.close(second.sign("b", body), body).status == 200);
}

}  // namespace
}  // namespace cardvault::test
