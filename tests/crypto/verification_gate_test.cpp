#include "crypto/verification_gate.h"

#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

using namespace cardvault;

namespace {

void wait_for_depth(const VerificationGate& gate, std::uint32_t depth) {
  while (gate.depth() != depth) std::this_thread::yield();
}

/// Counts how many callers are inside at once.
class Occupancy {
 public:
  void enter() {
    const int now = ++inside_;
    int seen = most_.load();
    while (now > seen && !most_.compare_exchange_weak(seen, now)) {
    }
  }
  void leave() { --inside_; }
  [[nodiscard]] int most() const { return most_; }

 private:
  std::atomic<int> inside_{0};
  std::atomic<int> most_{0};
};

}  // namespace

TEST_CASE("verification gate: callers inside never exceed the limit and each gets its turn") {
  constexpr int kCallers = 8;
  constexpr int kRounds = 500;
  VerificationGate gate(2, kCallers);
  Occupancy occupancy;
  std::atomic<int> served{0};
  {
    std::vector<std::jthread> callers;
    for (int i = 0; i < kCallers; ++i) {
      callers.emplace_back([&] {
        for (int round = 0; round < kRounds; ++round) {
          const auto permit = gate.enter();
          if (!permit) continue;
          occupancy.enter();
          std::this_thread::yield();
          ++served;
          occupancy.leave();
        }
      });
    }
  }
  CHECK(served == kCallers * kRounds);
  CHECK(occupancy.most() <= 2);
  CHECK(gate.depth() == 0);
}

TEST_CASE("verification gate: with a full queue the next caller is refused with retry_after") {
  VerificationGate gate(1, 1);
  std::atomic<bool> queued_got_in{false};
  std::jthread queued;
  std::optional inside = gate.enter();
  REQUIRE(inside->has_value());
  queued = std::jthread([&] { queued_got_in = gate.enter().has_value(); });
  wait_for_depth(gate, 2);
  const auto refused = gate.enter();
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == ErrorCode::busy);
  CHECK(refused.error().retry_after == std::chrono::seconds{1});
  CHECK(gate.depth() == 2);
  inside.reset();
  queued.join();
  CHECK(queued_got_in);
  CHECK(gate.enter().has_value());
}

TEST_CASE("verification gate: without a queue a second caller is refused at once") {
  VerificationGate gate(1, 0);
  const auto inside = gate.enter();
  REQUIRE(inside.has_value());
  CHECK(gate.enter().error().code == ErrorCode::busy);
}

TEST_CASE("verification gate: queued callers run in order of arrival") {
  constexpr std::uint32_t kQueued = 6;
  VerificationGate gate(1, kQueued);
  std::vector<std::uint32_t> order;
  std::mutex order_mutex;
  std::vector<std::jthread> callers;
  {
    const auto inside = gate.enter();
    REQUIRE(inside.has_value());
    for (std::uint32_t i = 0; i < kQueued; ++i) {
      callers.emplace_back([&, i] {
        const auto permit = gate.enter();
        const std::lock_guard lock(order_mutex);
        order.push_back(i);
      });
      wait_for_depth(gate, 2 + i);
    }
  }
  callers.clear();
  CHECK(order == std::vector<std::uint32_t>{0, 1, 2, 3, 4, 5});
}

TEST_CASE("verification gate: a moved permit is given back once") {
  VerificationGate gate(1, 0);
  {
    auto first = gate.enter();
    REQUIRE(first.has_value());
    const VerificationGate::Permit second(std::move(*first));
    CHECK(gate.depth() == 1);
  }
  CHECK(gate.depth() == 0);
}

TEST_CASE("verification gate: a limit of 0 lets one caller in") {
  VerificationGate gate(0, 0);
  CHECK(gate.enter().has_value());
}
