#include <algorithm>
#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <mutex>
#include <set>
#include <thread>

#include "tests/end_to_end/served_vault.h"

namespace cardvault::test {
namespace {

/// Different numbers in UnionPay's range, where Luhn is not enforced.
std::string numbered_pan(int writer, int card) {
  std::string digits = std::to_string(writer * 1000 + card);
  return "622609" + std::string(10 - digits.size(), '0') + digits;
}

/// Threads that import cards until a request gets no answer, each into its own wallet.
class Importers {
 public:
  static constexpr int kWriters = 4;
  static constexpr int kCardsEach = 45;

  explicit Importers(ServedVault& vault, int round) {
    for (int i = 0; i < kWriters; ++i) holders_.push_back(vault.new_holder());
    for (int i = 0; i < kWriters; ++i) {
      threads_.emplace_back([this, &vault, i, round] { import(vault, i, round); });
    }
  }

  [[nodiscard]] const std::vector<Holder>& holders() const { return holders_; }
  void await_acknowledged(int count) const {
    for (int now = acknowledged_; now < count; now = acknowledged_) acknowledged_.wait(now);
  }
  void join() { threads_.clear(); }
  [[nodiscard]] const std::set<std::string>& cards_of(int writer) const {
    return cards_[static_cast<std::size_t>(writer)];
  }
  [[nodiscard]] int refused() const { return refused_; }

 private:
  void import(ServedVault& vault, int writer, int round) {
    auto client = vault.backend();
    const auto index = static_cast<std::size_t>(writer);
    for (int card = 0; card < kCardsEach; ++card) {
      const auto answer = client.post(holders_[index].path("/cards"),
                                      {{"pan", numbered_pan(round * 10 + writer, card)}});
      if (answer.status == 0) break;
      if (answer.status != 201) {
        ++refused_;
        continue;
      }
      cards_[index].insert(answer.id());
      ++acknowledged_;
      acknowledged_.notify_all();
    }
    acknowledged_ += 1000;  // no waiting for a writer that has ended
    acknowledged_.notify_all();
  }

  std::vector<Holder> holders_;
  std::array<std::set<std::string>, kWriters> cards_;
  std::atomic<int> acknowledged_{0};
  std::atomic<int> refused_{0};
  std::vector<std::jthread> threads_;
};

}  // namespace

TEST_CASE("kill -9 in the middle of imports: after the restart every acknowledged card exists") {
  ServedVault vault;
  int round = 0;
  for (const int acknowledged : {3, 20, 55}) {
    INFO("killed after " << acknowledged << " cards were acknowledged");
    Importers importers(vault, round++);
    importers.await_acknowledged(acknowledged);
    vault.kill();
    importers.join();
    vault.start();
    CHECK(importers.refused() == 0);
    for (int writer = 0; writer < Importers::kWriters; ++writer) {
      const Holder& holder = importers.holders()[static_cast<std::size_t>(writer)];
      std::set<std::string> listed;
      for (const Json& card : vault.cards(holder)) listed.insert(card["id"]);
      const auto& promised = importers.cards_of(writer);
      CHECK(std::includes(listed.begin(), listed.end(), promised.begin(), promised.end()));
      // At most the one request in flight may have been committed without an answer.
      CHECK(listed.size() <= promised.size() + 1);
      const Json audit = vault.backend().get(holder.path("/audit?limit=200")).json();
      CHECK(audit["chain"]["intact"] == true);
      CHECK(audit["data"].size() == 2 + listed.size());
    }
  }
  vault.stop();
}

TEST_CASE(
    "SIGTERM: running unlocks are answered, new requests get 503 and the program exits with 0") {
  ServedVault vault({"--verification-threads", "1", "--verification-queue", "64"});
  constexpr int kUnlocks = 24;
  std::vector<Holder> holders;
  for (int i = 0; i < 8; ++i) {
    holders.push_back(vault.new_holder());
    vault.set_gesture(holders.back());
  }
  std::atomic<int> unlocked{0};
  std::atomic<int> turned_away{0};
  std::atomic<int> other{0};
  std::vector<std::jthread> callers;
  for (int i = 0; i < kUnlocks; ++i) {
    callers.emplace_back([&, i] {
      const Holder& holder = holders[static_cast<std::size_t>(i) % holders.size()];
      const auto answer = vault.backend().post(
          holder.path("/unlock"),
          {{"device_id", holder.device}, {"method", "gesture"}, {"secret", kGesture}});
      if (answer.status == 200)
        ++unlocked;
      else if (answer.status == 503 && answer.code() == "shutting_down")
        ++turned_away;
      else
        ++other;
    });
  }
  auto operations = vault.operations();
  const auto waiting = [&] {
    const std::string metrics = operations.get("/metrics").body;
    const std::string name = "\ncardvault_verification_gate_depth ";
    const auto at = metrics.find(name);
    return at == std::string::npos ? -1.0 : std::stod(metrics.substr(at + name.size()));
  };
  int before = 0;
  do {
    before = unlocked;
    REQUIRE(before + other < kUnlocks - 8);
  } while (waiting() < 8);
  vault.server().ask_to_stop();
  while (operations.get("/readyz").status == 200) {
  }
  Answer refused;
  do {
    refused = vault.nobody().get("/v1/cards");
  } while (refused.status == 401);
  check_problem(refused, 503, "shutting_down");
  CHECK_FALSE(refused.field("Retry-After").empty());
  check_problem(operations.get("/readyz"), 503, "shutting_down");
  callers.clear();
  CHECK(other == 0);
  CHECK(unlocked + turned_away == kUnlocks);
  CHECK(unlocked >= before + 8);
  vault.server().await_stop();
}

TEST_CASE("a restart keeps every acknowledged change byte for byte") {
  ServedVault vault;
  const Holder holder = vault.new_holder();
  vault.set_gesture(holder);
  for (const char* pan : kPans) vault.bind_card(holder, pan);
  const std::string before = vault.everything(holder);
  vault.stop();
  vault.start();
  CHECK(vault.everything(holder) == before);
  vault.kill();
  vault.start();
  CHECK(vault.everything(holder) == before);
  vault.stop();
}

}  // namespace cardvault::test
