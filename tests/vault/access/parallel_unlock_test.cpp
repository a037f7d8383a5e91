#include <array>
#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <string>

#include "tests/vault/in_parallel.h"
#include "tests/vault/vault_fixture.h"
#include "vault/access/error_codes.h"
#include "vault/wallet/error_codes.h"

namespace cardvault::test {
namespace {

constexpr int kGuessers = 64;

struct Tally {
  std::atomic<int> opened{0};
  std::atomic<int> failed{0};
  std::atomic<int> locked{0};
  std::atomic<int> busy{0};
  std::atomic<int> other{0};
  std::array<std::atomic<int>, 5> left{};

  void add(const Result<IssuedToken>& outcome) {
    if (outcome) {
      ++opened;
    } else if (outcome.error().code == AccessError::unlock_failed) {
      ++failed;
      ++left.at(outcome.error().attempts_left.value());
    } else if (outcome.error().code == WalletError::credential_locked) {
      ++locked;
    } else if (outcome.error().code == ErrorCode::busy && outcome.error().retry_after) {
      ++busy;
    } else {
      ++other;
    }
  }
};

/// Guesses repeatedly until the device is locked, like an attacker after a busy answer.
template <class Guess>
void guess_until_locked(Tally& tally, Guess guess) {
  while (tally.locked == 0) tally.add(guess());
}

void check_five_evaluations(const Tally& tally) {
  CHECK(tally.failed == 5);
  CHECK(tally.opened == 0);
  CHECK(tally.other == 0);
  for (const auto& each : tally.left) CHECK(each == 1);
}

}  // namespace

TEST_CASE("unlock: of 64 wrong guesses at once exactly five are evaluated") {
  VaultFixture fixture;
  const WalletId id = fixture.make_wallet();
  const DeviceId device = fixture.make_device(id);
  fixture.set_password(id);
  Tally tally;
  in_parallel(kGuessers, [&](int n) {
    tally.add(fixture.try_unlock(id, device, "wrong guess " + std::to_string(n)));
  });
  CHECK(tally.failed + tally.busy + tally.locked == kGuessers);
  guess_until_locked(tally, [&] { return fixture.try_unlock(id, device, "wrong guess"); });
  check_five_evaluations(tally);
  CHECK(fixture.wallet(id).credentials.front().consecutive_failures == 5);
  CHECK(check_audit_chain(fixture.vault, id)->intact);
}

TEST_CASE("unlock: two vaults on one store share the five attempts") {
  VaultFixture fixture;
  VerificationGate other_gate{2, 64};
  SystemRandom other_random;
  const RecordSealer other_sealer{fixture.keyring, other_random};
  const WholeVault other(
      {*fixture.inner, fixture.keyring, other_sealer, fixture.clock, other_random},
      fixture_channels(), *fixture.deadlines, fixture.banks, other_gate,
      fixture.vault.access.password_cost);
  const WalletId id = fixture.make_wallet();
  const DeviceId device = fixture.make_device(id);
  fixture.set_password(id);
  Tally tally;
  in_parallel(kGuessers, [&](int n) {
    tally.add(unlock(n % 2 == 0 ? fixture.vault : other, id, fixture.actor,
                     {.device = device,
                      .method = UnlockMethod::password,
                      .secret = SecretText("wrong guess " + std::to_string(n))}));
  });
  CHECK(tally.failed + tally.busy + tally.locked == kGuessers);
  guess_until_locked(tally, [&] { return fixture.try_unlock(id, device, "wrong guess"); });
  check_five_evaluations(tally);
}

TEST_CASE(
    "unlock: of 6, 8, 12 or 24 concurrent right answers each opens or is busy and is not charged") {
  for (const int callers : {6, 8, 12, 24}) {
    CAPTURE(callers);
    VaultFixture fixture;
    const WalletId id = fixture.make_wallet();
    const DeviceId device = fixture.make_device(id);
    fixture.set_password(id);
    Tally tally;
    in_parallel(callers, [&](int) { tally.add(fixture.try_unlock(id, device, kPassword)); });
    CHECK(tally.opened >= 1);
    CHECK(tally.opened + tally.busy == callers);
    const Credential credential = fixture.wallet(id).credentials.front();
    CHECK(credential.consecutive_failures == 0);
    CHECK(credential.in_flight.empty());
    CHECK(fixture.try_unlock(id, device, "wrong guess").error().attempts_left == 4U);
  }
}

TEST_CASE(
    "unlock: right and wrong answers at once: no right one fails and a lock needs five failures") {
  VaultFixture fixture;
  const WalletId id = fixture.make_wallet();
  const DeviceId device = fixture.make_device(id);
  fixture.set_password(id);
  Tally right;
  Tally wrong;
  in_parallel(24, [&](int n) {
    Tally& tally = n % 8 < 4 ? wrong : right;
    const std::string secret = n % 8 < 4 ? "wrong guess" : std::string(kPassword);
    for (int i = 0; i < 4; ++i) tally.add(fixture.try_unlock(id, device, secret));
  });
  CHECK(right.failed == 0);
  CHECK(right.other == 0);
  CHECK(wrong.opened == 0);
  CHECK(wrong.other == 0);
  const Credential credential = fixture.wallet(id).credentials.front();
  CHECK(credential.in_flight.empty());
  if (wrong.failed < 5) CHECK(right.locked + wrong.locked == 0);
}

TEST_CASE("unlock: with a full gate each of many guesses is busy, locked or counted") {
  VaultFixture fixture;
  VerificationGate narrow(1, 1);
  const WholeVault vault(
      {fixture.store, fixture.keyring, fixture.sealer, fixture.clock, fixture.random},
      fixture_channels(), *fixture.deadlines, fixture.banks, narrow,
      fixture.vault.access.password_cost);
  const WalletId id = fixture.make_wallet();
  const DeviceId device = fixture.make_device(id);
  fixture.set_password(id);
  std::atomic<int> failed{0};
  std::atomic<int> refused{0};
  in_parallel(kGuessers, [&](int) {
    const auto outcome = unlock(
        vault, id, fixture.actor,
        {.device = device, .method = UnlockMethod::password, .secret = SecretText("wrong guess")});
    const auto code = code_of(outcome);
    if (code == "unlock_failed") ++failed;
    if (code == "busy" || code == "credential_locked") ++refused;
  });
  CHECK(failed >= 1);
  CHECK(failed <= 5);
  CHECK(failed + refused == kGuessers);
  const Wallet wallet = fixture.wallet(id);
  CHECK(static_cast<int>(wallet.credentials.front().consecutive_failures) == failed);
  CHECK(narrow.depth() == 0);
}

}  // namespace cardvault::test
