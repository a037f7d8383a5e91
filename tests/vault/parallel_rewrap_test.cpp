#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <thread>

#include "vault/use_cases/key_uses.h"
#include "vault/use_cases/rewrap_all.h"
#include "vault_fixture.h"

namespace cardvault::test {

TEST_CASE("rewrap: beside changes of the same wallets none is lost and none left on the old key") {
  constexpr int kWallets = 40;
  constexpr int kRounds = 5;
  VaultFixture fixture;
  std::vector<WalletId> wallets;
  for (int i = 0; i < kWallets; ++i) {
    wallets.push_back(fixture.make_wallet("user-" + std::to_string(i)));
    (void)fixture.make_card(wallets.back());
  }
  std::atomic<int> refused{0};
  std::atomic<int> done{0};
  {
    const std::jthread changing([&] {
      for (int round = 0; round < 40; ++round) {
        for (const WalletId& id : wallets) {
          const bool freeze = round % 2 == 0;
          const auto changed =
              update_wallet(fixture.vault, id, fixture.actor,
                            {.state = freeze ? WalletState::frozen : WalletState::active,
                             .locale = {},
                             .reason = "test"});
          ++(changed ? done : refused);
        }
      }
    });
    for (int round = 0; round < kRounds; ++round) {
      for (const Purpose purpose :
           {Purpose::wallet_records, Purpose::pan_wrapping, Purpose::audit}) {
        fixture.rotate(purpose);
      }
      const auto count = rewrap_all(fixture.vault, {}, {}, [](const RewrapCount&) {});
      REQUIRE(count.has_value());
      CHECK(count->failed == 0);
    }
  }
  CHECK(refused == 0);
  CHECK(done == 40 * kWallets);
  REQUIRE(rewrap_all(fixture.vault, {}, {}, [](const RewrapCount&) {}).has_value());
  const auto uses = count_key_uses(fixture.vault, {}, [](std::uint64_t) {}).value();
  const auto keyring = fixture.keyring.snapshot();
  for (const auto& [id, key] : keyring->keys()) {
    if (key.purpose == Purpose::token || keyring->retired_at(key) == std::nullopt) continue;
    INFO(purpose_name(key.purpose));
    CHECK(uses.count(id) == 0);
  }
  for (const WalletId& id : wallets) {
    CHECK(check_audit_chain(fixture.vault, id)->intact);
    CHECK(fixture.wallet(id).state == WalletState::active);
  }
}

}  // namespace cardvault::test
