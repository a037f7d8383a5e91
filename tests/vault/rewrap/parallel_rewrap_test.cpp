#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/vault/vault_fixture.h"
#include "vault/rewrap/key_uses.h"
#include "vault/rewrap/rewrap_all.h"

namespace cardvault::test {

TEST_CASE(
    "rewrap: during changes of the same wallets no change is lost and no old key remains in use") {
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

namespace {

/// Freezes or unfreezes the wallet, which adds one audit entry.
bool change(VaultFixture& fixture, const WalletId& id, int n) {
  const auto changed =
      update_wallet(fixture.vault, id, fixture.actor,
                    {.state = n % 2 == 0 ? WalletState::frozen : WalletState::active,
                     .locale = {},
                     .reason = "test"});
  return changed.has_value();
}

}  // namespace

TEST_CASE("rewrap: after conflicts the work on audit log and PAN records is not repeated") {
  constexpr int kEntries = 400;
  constexpr int kLost = 60;
  VaultFixture fixture;
  const WalletId id = fixture.make_wallet("user-1");
  (void)fixture.make_card(id);
  for (int n = 0; n < kEntries; ++n) REQUIRE(change(fixture, id, n));
  const KeyId old = fixture.current_key(Purpose::audit);
  fixture.rotate(Purpose::audit);
  fixture.rotate(Purpose::pan_wrapping);
  fixture.store.reset();
  int lost = 0;
  fixture.store.before_commit = [&](const Commit& commit,
                                    int) -> std::optional<Result<CommitOutcome>> {
    if (commit.rewrite_audit && lost < kLost) {
      ++lost;
      REQUIRE(change(fixture, id, kEntries - 1 + lost));
    }
    return std::nullopt;
  };
  const auto count = rewrap_all(fixture.vault, {}, {}, [](const RewrapCount&) {});
  REQUIRE(count.has_value());
  CHECK(count->failed == 0);
  CHECK(count->rewrapped == 1);
  CHECK(lost == kLost);
  CHECK(fixture.store.audit_rows < kEntries + 3 * kLost);
  CHECK(fixture.store.pan_loads == 1);
  fixture.store.reset();
  CHECK(check_audit_chain(fixture.vault, id)->intact);
  const auto uses = count_key_uses(fixture.vault, {}, [](std::uint64_t) {}).value();
  CHECK(uses.count(old) == 0);
}

TEST_CASE("rewrap: a rewrap beside constant changes of a wallet succeeds ten times of ten") {
  constexpr int kEntries = 600;
  VaultFixture fixture;
  const WalletId id = fixture.make_wallet("user-1");
  for (int n = 0; n < kEntries; ++n) REQUIRE(change(fixture, id, n));
  std::atomic<int> refused{0};
  std::vector<std::jthread> changing;
  for (int thread = 0; thread < 3; ++thread) {
    changing.emplace_back([&](const std::stop_token& stop) {
      for (int n = 0; !stop.stop_requested(); ++n) refused += change(fixture, id, n) ? 0 : 1;
    });
  }
  for (int round = 0; round < 10; ++round) {
    const KeyId old = fixture.current_key(Purpose::audit);
    fixture.rotate(Purpose::audit);
    const auto count = rewrap_all(fixture.vault, {}, {}, [](const RewrapCount&) {});
    REQUIRE(count.has_value());
    CHECK(count->failed == 0);
    CHECK(count_key_uses(fixture.vault, {}, [](std::uint64_t) {})->count(old) == 0);
  }
  changing.clear();
  CHECK(refused == 0);
  CHECK(check_audit_chain(fixture.vault, id)->intact);
}

TEST_CASE("rewrap: steps that compete with other changes run where the caller says") {
  VaultFixture fixture;
  const WalletId contended = fixture.make_wallet("user-1");
  (void)fixture.make_wallet("user-2");
  fixture.rotate(Purpose::wallet_records);
  bool changed = false;
  fixture.store.before_commit = [&](const Commit& commit,
                                    int) -> std::optional<Result<CommitOutcome>> {
    if (commit.wallet == contended && !std::exchange(changed, true)) {
      REQUIRE(change(fixture, contended, 0));
    }
    return std::nullopt;
  };
  int steps = 0;
  const auto promptly = [&](const std::function<void()>& step) {
    ++steps;
    step();
  };
  const auto count =
      rewrap_all(fixture.vault, {.promptly = promptly}, {}, [](const RewrapCount&) {});
  REQUIRE(count.has_value());
  CHECK(count->seen == 2);
  CHECK(count->failed == 0);
  CHECK(steps == 1);
}

}  // namespace cardvault::test
