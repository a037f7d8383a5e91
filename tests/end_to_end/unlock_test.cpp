#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <latch>
#include <thread>

#include "tests/end_to_end/served_vault.h"

namespace cardvault::test {
namespace {

Json guess(const Holder& holder, const char* secret, const char* method = "gesture") {
  return {{"device_id", holder.device}, {"method", method}, {"secret", secret}};
}

}  // namespace

TEST_CASE("unlock: five wrong gestures lock the gesture for half an hour") {
  ServedVault vault;
  const Holder holder = vault.new_holder();
  vault.set_gesture(holder);
  vault.set_password(holder);
  auto team = vault.backend();
  const std::string path = holder.path("/unlock");
  for (int left = 4; left >= 0; --left) {
    const auto failed = team.post(path, guess(holder, kWrongGesture));
    check_problem(failed, 401, "unlock_failed");
    CHECK(failed.json()["attempts_left"] == left);
  }
  const auto locked = team.post(path, guess(holder, kGesture));
  check_problem(locked, 423, "credential_locked");
  CHECK(vault.operations()
            .get("/metrics")
            .body.find("cardvault_lockouts_total{method=\"gesture\"} 1\n") != std::string::npos);
  CHECK(locked.field("Retry-After") == std::to_string(locked.json()["retry_after_s"].get<int>()));
  CHECK(locked.json()["retry_after_s"].get<int>() > 29 * 60);
  CHECK(locked.json()["retry_after_s"].get<int>() <= 30 * 60);
  CHECK(locked.json()["fallback"] == Json{"password"});
  CHECK(team.get(holder.path("/credentials/gesture")).json()["locks"].size() == 1);
  CHECK(team.post(path, guess(holder, kPassword, "password")).status == 200);

  vault.advance_clock(30 * 60 - 30);
  check_problem(team.post(path, guess(holder, kGesture)), 423, "credential_locked");
  vault.advance_clock(31);
  CHECK(team.post(path, guess(holder, kGesture)).status == 200);
  const auto fresh = team.post(path, guess(holder, kWrongGesture));
  CHECK(fresh.json()["attempts_left"] == 4);
  vault.stop();
}

TEST_CASE("unlock: a lock survives a restart and concerns only one device") {
  ServedVault vault;
  const Holder holder = vault.new_holder();
  vault.set_gesture(holder);
  const std::string path = holder.path("/unlock");
  for (int i = 0; i < 5; ++i) vault.backend().post(path, guess(holder, kWrongGesture));
  vault.kill();
  vault.start();
  auto team = vault.backend();
  const auto locked = team.post(path, guess(holder, kGesture));
  check_problem(locked, 423, "credential_locked");
  CHECK_FALSE(locked.json().contains("attempts_left"));
  const auto tablet =
      team.post(holder.path("/devices"), {{"name", "tablet"}, {"fingerprint", "tablet"}});
  const Holder elsewhere{holder.wallet, tablet.id()};
  CHECK(team.post(path, guess(elsewhere, kGesture)).status == 200);
  vault.stop();
}

TEST_CASE("unlock: of 64 wrong guesses at once at most five are evaluated") {
  ServedVault vault({"--verification-threads", "4", "--verification-queue", "64"});
  const Holder holder = vault.new_holder();
  vault.set_gesture(holder);
  constexpr int kGuesses = 64;
  std::atomic<int> evaluated{0};
  std::atomic<int> locked{0};
  std::atomic<int> busy{0};
  std::atomic<int> other{0};
  std::latch together(kGuesses);
  {
    std::vector<std::jthread> guessers;
    for (int i = 0; i < kGuesses; ++i) {
      guessers.emplace_back([&] {
        auto client = vault.backend();
        together.arrive_and_wait();
        const auto answer = client.post(holder.path("/unlock"), guess(holder, kWrongGesture));
        if (answer.status == 401 && answer.code() == "unlock_failed")
          ++evaluated;
        else if (answer.status == 423 && answer.code() == "credential_locked")
          ++locked;
        else if (answer.status == 503 && answer.code() == "busy")
          ++busy;
        else
          ++other;
      });
    }
  }
  INFO("evaluated " << evaluated << ", locked " << locked << ", busy " << busy);
  CHECK(other == 0);
  CHECK(evaluated <= 5);
  CHECK(evaluated >= 1);
  CHECK(evaluated + locked + busy == kGuesses);
  auto alone = vault.backend();
  while (alone.post(holder.path("/unlock"), guess(holder, kWrongGesture)).status == 401) {
    ++evaluated;
  }
  CHECK(evaluated == 5);
  const Json audit = vault.backend().get(holder.path("/audit?limit=200")).json();
  long attempts = 0;
  for (const Json& entry : audit["data"]) attempts += entry["action"] == "unlock.attempted" ? 1 : 0;
  CHECK(attempts == evaluated);
  check_problem(vault.backend().post(holder.path("/unlock"), guess(holder, kGesture)), 423,
                "credential_locked");
  vault.stop();
}

TEST_CASE("unlock: a hundred failures in a row void the credential until it is set again") {
  ServedVault vault;
  const Holder holder = vault.new_holder();
  vault.set_gesture(holder);
  auto team = vault.backend();
  for (int round = 0; round < 20; ++round) {
    for (int i = 0; i < 5; ++i) {
      // A malformed gesture costs an attempt like any other, but no evaluation.
      REQUIRE(team.post(holder.path("/unlock"), guess(holder, "0-0")).status == 401);
    }
    vault.advance_clock(30 * 60 + 1);
  }
  check_problem(team.post(holder.path("/unlock"), guess(holder, kGesture)), 423, "credential_void");
  CHECK(team.get(holder.path("/credentials/gesture")).text("status") == "void");
  vault.set_gesture(holder);
  CHECK(team.post(holder.path("/unlock"), guess(holder, kGesture)).status == 200);
  vault.stop();
}

TEST_CASE("unlock: a frozen wallet and a credential that is not set are refused") {
  ServedVault vault;
  const Holder holder = vault.new_holder();
  vault.set_gesture(holder);
  auto team = vault.backend();
  const std::string before = vault.everything(holder);
  check_problem(team.post(holder.path("/unlock"), guess(holder, kPassword, "password")), 409,
                "credential_not_set");
  CHECK(vault.everything(holder) == before);

  CHECK(team.patch(holder.path(), {{"state", "frozen"}}).status == 200);
  const std::string frozen = vault.everything(holder);
  check_problem(team.post(holder.path("/unlock"), guess(holder, kGesture)), 403, "wallet_frozen");
  check_problem(team.post(holder.path("/unlock"), guess(holder, kWrongGesture)), 403,
                "wallet_frozen");
  check_problem(team.post(holder.path("/cards"), {{"pan", kPans[0]}}), 403, "wallet_frozen");
  check_problem(
      team.post(holder.path("/tokens"), {{"device_id", holder.device}, {"scopes", {"cards:list"}}}),
      403, "wallet_frozen");
  CHECK(vault.everything(holder) == frozen);
  CHECK(team.patch(holder.path(), {{"state", "active"}}).status == 200);
  CHECK(team.post(holder.path("/unlock"), guess(holder, kGesture)).status == 200);
  vault.stop();
}

}  // namespace cardvault::test
