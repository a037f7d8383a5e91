#include <catch2/catch_test_macros.hpp>
#include <chrono>

#include "tests/sandbox/fake_vault.h"
#include "tests/sandbox/running_sandbox.h"

namespace cardvault::test {
namespace {

TEST_CASE("down: the connection ends without an answer and nothing is closed") {
  const FakeVault vault;
  const RunningSandbox outside(vault);
  outside.turn({{"down", true}});
  const std::string body = close_body();
  CHECK(outside.close(vault.sign("a", body), body).status == 0);
  CHECK(outside.stats()["faults"] == 1);
  CHECK(outside.stats()["accepted"] == 0);
  CHECK(outside.newest()["status"].is_null());
  outside.turn({{"down", false}});
  CHECK(outside.close(vault.sign("a", body), body).status == 200);
  CHECK(outside.stats()["duplicates"] == 0);
}

TEST_CASE("fail_next: as many messages get 500 and the next one is closed") {
  const FakeVault vault;
  const RunningSandbox outside(vault);
  outside.turn({{"fail_next", 2}});
  const std::string body = close_body();
  CHECK(outside.close(vault.sign("a", body), body).status == 500);
  CHECK(outside.close(vault.sign("a", body), body).status == 500);
  CHECK(outside.close(vault.sign("a", body), body).status == 200);
  CHECK(outside.stats()["faults"] == 2);
  CHECK(outside.stats()["distinct"] == 1);
}

TEST_CASE("status: the status replaces the answer until it is removed") {
  const FakeVault vault;
  const RunningSandbox outside(vault);
  const std::string body = close_body();
  for (const int status : {200, 429, 503}) {
    outside.turn({{"status", status}});
    CHECK(outside.close(vault.sign("a", body), body).status == status);
  }
  CHECK(outside.stats()["accepted"] == 0);
  outside.turn({{"status", nullptr}});
  CHECK(outside.close(vault.sign("a", body), body).status == 200);
  CHECK(outside.stats()["distinct"] == 1);
}

TEST_CASE("status: a redirect has a Location") {
  const FakeVault vault;
  const RunningSandbox outside(vault);
  outside.turn({{"status", 302}});
  const std::string body = close_body();
  const Answer answer = outside.close(vault.sign("a", body), body);
  CHECK(answer.status == 302);
  REQUIRE_FALSE(answer.location.empty());
  CHECK(outside.get(answer.location).status == 200);
}

TEST_CASE("delay: the answer is delayed and the card is closed before it") {
  const FakeVault vault;
  const RunningSandbox outside(vault);
  const std::string body = close_body();
  outside.turn({{"delay_ms", 60}});
  const auto start = std::chrono::steady_clock::now();
  CHECK(outside.close(vault.sign("a", body), body).status == 200);
  CHECK(std::chrono::steady_clock::now() - start >= std::chrono::milliseconds(60));

  outside.turn({{"delay_ms", 60'000}});
  const Answer none =
      outside.send("POST", "/channels/alipay/close", body, vault.sign("b", body), 50);
  CHECK(none.status == 0);
  outside.await_stats([](const Json& stats) { return stats["distinct"] == 2; });
}

TEST_CASE("delay: a delay does not block the stop of the sandbox") {
  const FakeVault vault;
  const auto start = std::chrono::steady_clock::now();
  {
    const RunningSandbox outside(vault);
    outside.turn({{"delay_ms", 60'000}});
    const std::string body = close_body();
    (void)outside.send("POST", "/channels/alipay/close", body, vault.sign("a", body), 50);
    outside.await_stats([](const Json& stats) { return stats["accepted"] == 1; });
  }
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(50));
}

TEST_CASE("faults: the knobs of one channel do not affect others") {
  const FakeVault vault;
  const RunningSandbox outside(vault);
  outside.turn({{"status", 500}}, "wearable");
  const std::string body = close_body();
  CHECK(outside.close(vault.sign("a", body), body).status == 200);
}

}  // namespace
}  // namespace cardvault::test
