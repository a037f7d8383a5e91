#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <thread>
#include <vector>

#include "tests/end_to_end/served_vault.h"
#include "tests/support/soon.h"

namespace cardvault::test {

TEST_CASE("key rewrap: a wallet under constant changes is re-sealed and no change fails") {
  constexpr int kEntries = 300;
  ServedVault vault({"--test-mode"});
  const Holder holder = vault.new_holder();
  const auto change = [&holder](VaultClient& team, int n) {
    return team.patch(holder.path(), {{"locale", n % 2 == 0 ? "en" : "zh-CN"}}).status == 200;
  };
  auto team = vault.backend();
  for (int n = 0; n < kEntries; ++n) REQUIRE(change(team, n));
  std::atomic<int> done{0};
  std::atomic<int> refused{0};
  std::vector<std::jthread> changing;
  for (int thread = 0; thread < 2; ++thread) {
    changing.emplace_back([&](const std::stop_token& stop) {
      auto client = vault.backend();
      for (int n = 0; !stop.stop_requested(); ++n) ++(change(client, n) ? done : refused);
    });
  }
  for (int round = 0; round < 3; ++round) {
    (void)vault.command({"key", "rotate", "audit"});
    const Json job = vault.command({"key", "rewrap"});
    CHECK(job.at("state") == "done");
    CHECK(job.at("failed") == 0);
  }
  changing.clear();
  CHECK(done > 0);
  CHECK(refused == 0);
  // null until the background check has walked the log.
  CHECK(soon(
      [&] { return team.get(holder.path("/audit")).json().at("chain").at("intact") == true; }));
  vault.stop();
}

}  // namespace cardvault::test
