#include <catch2/catch_test_macros.hpp>
#include <random>
#include <thread>

#include "tests/end_to_end/served_vault.h"
#include "tests/support/soon.h"

namespace cardvault::test {
namespace {

constexpr int kWallets = 10'000;
constexpr int kBinders = 8;
constexpr int kKills = 4;

/// Creates wallets with a card each from several threads, so that commits share disk syncs.
std::vector<std::string> make_wallets(ServedVault& vault) {
  std::vector<std::string> wallets(kWallets);
  std::vector<std::jthread> binders;
  std::atomic<int> refused{0};
  for (int binder = 0; binder < kBinders; ++binder) {
    binders.emplace_back([&, binder] {
      auto client = vault.backend();
      for (int i = binder; i < kWallets; i += kBinders) {
        const auto made = client.post("/v1/wallets", {{"subject", "user-" + std::to_string(i)}});
        wallets[static_cast<std::size_t>(i)] = made.id();
        const auto bound =
            client.post("/v1/wallets/" + made.id() + "/cards",
                        {{"pan", kPans[static_cast<std::size_t>(i) % kPans.size()]}});
        if (made.status != 201 || bound.status != 201) ++refused;
      }
    });
  }
  binders.clear();
  REQUIRE(refused == 0);
  return wallets;
}

std::uint64_t seen_by_job(const ServedVault& vault) {
  return vault.command({"key", "job"}).at("seen");
}

}  // namespace

TEST_CASE("rewrap: although killed repeatedly a rewrap of 10,000 wallets leaves none unreadable") {
  ServedVault vault;
  const auto wallets = make_wallets(vault);
  vault.command({"key", "rotate", "wallet_records"});
  vault.command({"key", "rotate", "pan_wrapping"});
  std::mt19937 random(20261129);  // NOLINT: the same points in every run
  for (int kill = 0; kill < kKills; ++kill) {
    const std::jthread job([&] { (void)vault.run({"key", "rewrap", "--rate", "8000"}); });
    const auto point = std::uniform_int_distribution<std::uint64_t>(1, kWallets / 2)(random);
    REQUIRE(soon([&] { return seen_by_job(vault) >= point; }));
    vault.kill();
    vault.start();
  }
  const Json job = vault.command({"key", "rewrap"});
  CHECK(job.at("seen") == kWallets);
  CHECK(job.at("failed") == 0);
  CHECK(job.at("rewrapped") > 0);
  vault.advance_clock(60);
  CHECK(vault.run({"key", "destroy", "1"}).status == 0);
  CHECK(vault.run({"key", "destroy", "2"}).status == 0);
  // A new fingerprint key makes the rewrap open every card number.
  vault.command({"key", "rotate", "pan_fingerprint"});
  const Json opened = vault.command({"key", "rewrap"});
  CHECK(opened.at("rewrapped") == kWallets);
  CHECK(opened.at("failed") == 0);
  CHECK(opened.at("unreadable") == 0);
  auto client = vault.backend();
  int readable = 0;
  for (const std::string& wallet : wallets) {
    if (client.get("/v1/wallets/" + wallet).status == 200) ++readable;
  }
  CHECK(readable == kWallets);
}

}  // namespace cardvault::test
