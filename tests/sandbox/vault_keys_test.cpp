#include <catch2/catch_test_macros.hpp>
#include <chrono>

#include "tests/sandbox/fake_vault.h"
#include "tests/sandbox/running_sandbox.h"

namespace cardvault::test {
namespace {

TEST_CASE("vault's keys: are fetched for the first message and kept") {
  const FakeVault vault;
  const RunningSandbox outside(vault);
  CHECK(vault.key_fetches() == 0);
  const std::string body = close_body();
  for (const char* id : {"a", "b", "c"}) {
    CHECK(outside.close(vault.sign(id, body), body).status == 200);
  }
  CHECK(vault.key_fetches() == 1);
}

TEST_CASE(
    "vault's keys: after the vault's key changed, the new one counts and the old one does not") {
  FakeVault vault;
  const RunningSandbox outside(vault);
  const std::string body = close_body();
  const auto before = vault.sign("a", body);
  CHECK(outside.close(before, body).status == 200);
  vault.change_key();
  CHECK(outside.close(vault.sign("b", body), body).status == 200);
  CHECK(outside.close(before, body).status == 401);
}

TEST_CASE("vault's keys: forged messages do not make the sandbox fetch again and again") {
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

TEST_CASE("vault's keys: while none can be had, messages are 503 and not refused") {
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

TEST_CASE("vault's keys: a vault that went away keeps those that are known") {
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

TEST_CASE("vault's keys: those of the vault before do not count for another") {
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
