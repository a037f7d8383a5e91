#include <catch2/catch_test_macros.hpp>
#include <thread>
#include <vector>

#include "tests/sandbox/fake_vault.h"
#include "tests/sandbox/running_sandbox.h"

namespace cardvault::test {
namespace {

constexpr std::chrono::minutes kBeyondTolerance{6};

TEST_CASE("close: a message signed by the vault closes the card") {
  const FakeVault vault;
  const RunningSandbox outside(vault);
  const std::string body = close_body();
  const Answer answer = outside.close(vault.sign("drg_1.alipay", body), body);
  CHECK(answer.status == 200);
  CHECK(answer.json() == Json{{"channel", "alipay"}, {"closed", true}, {"card", "crd_1"}});
  CHECK(outside.stats()["distinct"] == 1);
  const Json message = outside.newest();
  CHECK(message["webhook_id"] == "drg_1.alipay");
  CHECK(message["card"] == "crd_1");
  CHECK(message["last4"] == "0048");
  CHECK(message["signature"] == "valid");
  CHECK(message["status"] == 200);
}

TEST_CASE("close: a body changed after signing is refused and closes nothing") {
  const FakeVault vault;
  const RunningSandbox outside(vault);
  const auto headers = vault.sign("drg_1.alipay", close_body());
  const Answer answer = outside.close(headers, close_body("alipay", "crd_2"));
  CHECK(answer.status == 401);
  CHECK(answer.json()["code"] == "signature_invalid");
  CHECK(outside.stats()["signatures_refused"] == 1);
  CHECK(outside.stats()["accepted"] == 0);
  CHECK(outside.newest()["signature"] == "invalid");
}

TEST_CASE("close: an unsigned message and one signed with the receipt key are refused") {
  const FakeVault vault;
  const RunningSandbox outside(vault);
  const std::string body = close_body();
  auto unsigned_headers = vault.sign("drg_1.alipay", body);
  unsigned_headers.signature.clear();
  CHECK(outside.close(unsigned_headers, body).status == 401);
  CHECK(outside.close({}, body).status == 401);
  CHECK(outside.close(vault.sign_as_receipt("drg_1.alipay", body), body).status == 401);
  CHECK(outside.stats()["signatures_refused"] == 3);
  CHECK(outside.stats()["distinct"] == 0);
}

TEST_CASE("close: an old signature is refused") {
  const FakeVault vault;
  const RunningSandbox outside(vault);
  const std::string body = close_body();
  const auto old = vault.sign("drg_1.alipay", body, SystemClock{}.now() - kBeyondTolerance);
  const Answer answer = outside.close(old, body);
  CHECK(answer.status == 401);
  CHECK(answer.json()["code"] == "signature_expired");
  CHECK(outside.stats()["accepted"] == 0);
}

TEST_CASE("close: a repeated message gets the same answer and is handled once") {
  const FakeVault vault;
  const RunningSandbox outside(vault);
  const std::string body = close_body();
  const Answer first = outside.close(vault.sign("drg_1.alipay", body), body);
  const Answer again = outside.close(vault.sign("drg_1.alipay", body), body);
  CHECK(again.status == first.status);
  CHECK(again.body == first.body);
  CHECK(outside.stats()["distinct"] == 1);
  CHECK(outside.stats()["duplicates"] == 1);
  CHECK(outside.newest()["duplicate"] == true);
}

TEST_CASE("close: a refused message does not make the genuine one a duplicate") {
  const FakeVault vault;
  const RunningSandbox outside(vault);
  const std::string body = close_body();
  auto forged = vault.sign("drg_1.alipay", body);
  forged.signature = "v1a,AAAA";
  CHECK(outside.close(forged, body).status == 401);
  CHECK(outside.close(vault.sign("drg_1.alipay", body), body).status == 200);
  CHECK(outside.stats()["duplicates"] == 0);
  CHECK(outside.stats()["distinct"] == 1);
}

TEST_CASE("close: a signed message for another channel or of another type is refused") {
  const FakeVault vault;
  const RunningSandbox outside(vault);
  const std::string other_channel = close_body("wearable");
  CHECK(outside.close(vault.sign("a", other_channel), other_channel).status == 400);
  Json other_type = Json::parse(close_body());
  other_type["type"] = "channel.ping";
  CHECK(outside.close(vault.sign("b", other_type.dump()), other_type.dump()).status == 400);
  CHECK(outside.close(vault.sign("c", "[1]"), "[1]").status == 400);
  CHECK(outside.stats()["accepted"] == 0);
}

TEST_CASE("close: a signed message with text after a NUL byte is refused") {
  const FakeVault vault;
  const RunningSandbox outside(vault);
  const std::string body = close_body() + std::string(1, '\0') + "{}";
  CHECK(outside.close(vault.sign("drg_1.alipay", body), body).status == 400);
  CHECK(outside.stats()["distinct"] == 0);
}

TEST_CASE("close: unknown members are ignored") {
  const FakeVault vault;
  const RunningSandbox outside(vault);
  Json body = Json::parse(close_body());
  body["data"]["new_member"] = {{"x", 1}};
  CHECK(outside.close(vault.sign("a", body.dump()), body.dump()).status == 200);
}

TEST_CASE("close: without a vault address every message gets 503") {
  const FakeVault vault;
  const RunningSandbox outside(RunningSandbox::quick());
  const std::string body = close_body();
  const Answer before = outside.close(vault.sign("a", body), body);
  CHECK(before.status == 503);
  CHECK(before.json()["detail"] ==
        "The vault's address is not known. Set it with POST /control/vault.");
  REQUIRE(outside.send("POST", "/control/vault", Json{{"url", vault.url()}}.dump()).status == 200);
  CHECK(outside.close(vault.sign("a", body), body).status == 200);
  CHECK(outside.stats()["signatures_refused"] == 0);
}

TEST_CASE("close: each channel has its own counters") {
  const FakeVault vault;
  const RunningSandbox outside(vault);
  const std::string body = close_body("wearable");
  CHECK(outside.close(vault.sign("a", body), body, "wearable").status == 200);
  CHECK(outside.stats("wearable")["received"] == 1);
  CHECK(outside.stats("alipay")["received"] == 0);
  CHECK(outside.send("POST", "/channels/paypal/close", body).status == 404);
}

TEST_CASE("close: of many concurrent messages each id is handled once") {
  const FakeVault vault;
  const RunningSandbox outside(vault);
  constexpr int kIds = 25;
  constexpr int kSenders = 6;
  {
    std::vector<std::jthread> senders;
    for (int sender = 0; sender < kSenders; ++sender) {
      senders.emplace_back([&] {
        const std::string body = close_body();
        for (int i = 0; i < kIds; ++i) {
          (void)outside.close(vault.sign("drg_" + std::to_string(i), body), body);
        }
      });
    }
  }
  const Json stats = outside.stats();
  CHECK(stats["received"] == kSenders * kIds);
  CHECK(stats["accepted"] == kSenders * kIds);
  CHECK(stats["distinct"] == kIds);
}

}  // namespace
}  // namespace cardvault::test
