#include <array>
#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <thread>
#include <vector>

#include "tests/end_to_end/served_vault.h"
#include "tests/support/redis_server.h"
#include "tests/support/soon.h"
#include "tests/vault/in_parallel.h"

// Users who know their gesture while something else fails. Only 200 and 503 are correct answers.

namespace cardvault::test {
namespace {

constexpr int kUsers = 4;
/// More attempts than a credential allows.
constexpr int kTriesEach = 7;
/// In the vault's time: the lease of an interrupted charge.
constexpr long kLease = 30;

struct Heard {
  std::atomic<int> opened{0};
  std::atomic<int> come_again{0};
  std::atomic<int> other{0};  ///< 401, 423 and every other answer that is wrong for a right gesture

  void add(const Answer& answer) {
    if (answer.status == 200) {
      ++opened;
    } else if (answer.status == 503 && !answer.field("Retry-After").empty()) {
      ++come_again;
    } else if (answer.status != 0) {
      ++other;
    }
  }
};

class Users {
 public:
  explicit Users(ServedVault& vault) : vault_(vault) {
    for (Holder& one : holders_) {
      one = vault_.new_holder();
      vault_.set_gesture(one);
    }
  }

  [[nodiscard]] Answer draw(int user, const char* gesture = kGesture) const {
    const Holder& holder = holders_.at(static_cast<std::size_t>(user));
    return vault_.backend().post(
        holder.path("/unlock"),
        {{"device_id", holder.device}, {"method", "gesture"}, {"secret", gesture}});
  }
  /// Each user draws repeatedly while `trouble()` runs. It starts after each user has drawn once.
  template <class Trouble>
  void draw_during(Heard& heard, Trouble trouble) const {
    std::atomic<int> drawn{0};
    std::atomic<bool> over{false};
    const std::jthread drawing([&] {
      in_parallel(kUsers, [&](int user) {
        while (!over) {
          heard.add(draw(user));
          ++drawn;
        }
      });
    });
    CHECK(soon([&] { return drawn >= kUsers; }));
    trouble();
    over = true;
  }
  /// Checks that every user can unlock and that no attempt was counted.
  void check_unharmed() const {
    for (int user = 0; user < kUsers; ++user) {
      CHECK(soon([&] { return draw(user).status == 200; }));
      CHECK(draw(user, kWrongGesture).json()["attempts_left"] == 4);
    }
    const std::string metrics = vault_.operations().get("/metrics").body;
    CHECK(metrics.find("cardvault_lockouts_total{method=\"gesture\"} 0\n") != std::string::npos);
  }

 private:
  ServedVault& vault_;
  std::array<Holder, kUsers> holders_;
};

}  // namespace

TEST_CASE("unlock: while no replica confirms commits right gestures get 503 and cost no attempt") {
  const RedisServer primary;
  RedisServer replica;
  replica.command({"REPLICAOF", "127.0.0.1", std::to_string(primary.port())});
  const auto linked = [&] {
    return replica.info({"INFO", "replication"}, "master_link_status") == "up";
  };
  REQUIRE(soon(linked));
  const std::vector<std::string> store{"--store", primary.url(), "--store-wait-replicas", "1"};
  ServedVault vault({"--store-timeout-ms", "1000"}, store);
  const Users users(vault);
  replica.pause();
  Heard heard;
  in_parallel(kUsers, [&](int user) {
    for (int i = 0; i < kTriesEach; ++i) heard.add(users.draw(user));
  });
  CHECK(heard.come_again == kUsers * kTriesEach);
  CHECK(heard.other == 0);
  replica.resume();
  REQUIRE(soon(linked));
  users.check_unharmed();
  vault.stop();
}

TEST_CASE("unlock: seven Redis restarts during unlocks cost no attempt") {
  RedisServer redis;
  ServedVault vault(std::vector<std::string>{}, {"--store", redis.url()});
  const Users users(vault);
  Heard heard;
  for (int round = 0; round < kTriesEach; ++round) {
    users.draw_during(heard, [&] {
      redis.kill();
      redis.start();
    });
    vault.advance_clock(kLease);
  }
  CHECK(heard.other == 0);
  users.check_unharmed();
  vault.stop();
}

TEST_CASE("unlock: seven kills of the vault during unlocks cost no attempt") {
  ServedVault vault;
  const Users users(vault);
  Heard heard;
  for (int round = 0; round < kTriesEach; ++round) {
    users.draw_during(heard, [&] { vault.kill(); });
    vault.start();
    vault.advance_clock(kLease);
  }
  CHECK(heard.other == 0);
  users.check_unharmed();
  vault.stop();
}

TEST_CASE("unlock: of 24 right gestures at once each opens or is busy and costs no attempt") {
  ServedVault vault({"--verification-threads", "4", "--verification-queue", "64"});
  const Users users(vault);
  Heard heard;
  in_parallel(24, [&](int) { heard.add(users.draw(0)); });
  CHECK(heard.opened >= 1);
  CHECK(heard.opened + heard.come_again == 24);
  users.check_unharmed();
  vault.stop();
}

TEST_CASE(
    "unlock: a token and a lock made while the clock was a day ahead end after the correction") {
  constexpr long kDay = 24L * 3600;
  ServedVault vault;
  const Users users(vault);
  const Holder holder = vault.new_holder();
  vault.advance_clock(kDay);
  const std::string token = vault.token(holder);
  CHECK(vault.front_end(token, holder.device).get("/v1/cards").status == 200);
  for (int i = 0; i < 5; ++i) CHECK(users.draw(0, kWrongGesture).status == 401);
  vault.advance_clock(-kDay);
  check_problem(vault.front_end(token, holder.device).get("/v1/cards"), 401, "token_invalid");
  const auto locked = users.draw(0);
  check_problem(locked, 423, "credential_locked");
  CHECK(locked.json()["retry_after_s"].get<int>() <= 30 * 60);
  vault.advance_clock(30 * 60 + 1);
  CHECK(users.draw(0).status == 200);
  vault.stop();
}

}  // namespace cardvault::test
