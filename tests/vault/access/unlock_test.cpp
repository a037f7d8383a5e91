#include "vault/access/unlock.h"

#include <catch2/catch_test_macros.hpp>
#include <functional>
#include <optional>

#include "tests/crypto/keys/keyring_bytes.h"
#include "tests/vault/vault_fixture.h"
#include "vault/access/wallet_access.h"
#include "vault/wallet/times.h"

namespace cardvault::test {
namespace {

struct UnlockFixture : VaultFixture {
  WalletId id = make_wallet();
  DeviceId device = make_device(id);

  UnlockFixture() { set_password(id); }

  [[nodiscard]] Result<IssuedToken> guess(std::string_view secret = "wrong guess") {
    return try_unlock(id, device, secret);
  }
  [[nodiscard]] Result<IssuedToken> guess_at(const AccessVault& other,
                                             std::string_view secret) const {
    return unlock(
        other, id, actor,
        {.device = device, .method = UnlockMethod::password, .secret = SecretText(secret)});
  }
  [[nodiscard]] WholeVault with_keyring(const LiveKeyring& other) {
    return WholeVault({store, other, sealer, clock, random}, fixture_channels(), *deadlines, banks,
                      gate, vault.access.password_cost);
  }
  void lock() {
    for (int i = 0; i < 5; ++i) REQUIRE(code_of(guess()) == "unlock_failed");
  }
  [[nodiscard]] std::uint32_t failures() {
    return find_credential(wallet(id), UnlockMethod::password)->consecutive_failures;
  }
  [[nodiscard]] std::size_t in_flight() {
    return find_credential(wallet(id), UnlockMethod::password)->in_flight.size();
  }
  /// Fails commits from number `first` on, counted from now.
  void fail_commits_from(int first) {
    store.commits = 0;
    store.before_commit = [first](const Commit&, int number) {
      std::optional<Result<CommitOutcome>> answer;
      if (number >= first) answer = HookedStore::unavailable();
      return answer;
    };
  }
  /// Runs `something` between the evaluation of the next attempt and its second commit.
  void meanwhile(const std::function<void()>& something) {
    store.commits = 0;
    store.before_commit = [this, something](const Commit&, int number) {
      if (number != 2) return std::optional<Result<CommitOutcome>>();
      // Copied, because resetting the hook destroys its captures.
      const std::function<void()> now = something;
      store.before_commit = nullptr;
      now();
      return std::optional<Result<CommitOutcome>>(CommitOutcome::conflict);
    };
  }
};

}  // namespace

TEST_CASE("unlock: the right password gives a list token for this device for 180 seconds") {
  UnlockFixture fixture;
  const auto issued = fixture.guess(kPassword);
  REQUIRE(code_of(issued) == "ok");
  CHECK(issued->claims.device == fixture.device);
  CHECK(issued->claims.wallet == fixture.id);
  CHECK(scope_text(issued->claims.scopes) == "cards:list");
  CHECK(issued->claims.expires_at - issued->claims.issued_at == Seconds{180});
  CHECK_FALSE(issued->claims.channel.has_value());
  CHECK(code_of(fixture.view(*issued)) == "ok");
  CHECK(fixture.failures() == 0);
}

TEST_CASE("unlock: the right gesture opens and wrong or malformed gestures fail") {
  UnlockFixture fixture;
  fixture.set_gesture(fixture.id);
  const auto draw = [&](std::string_view gesture) {
    return fixture.try_unlock(fixture.id, fixture.device, gesture, UnlockMethod::gesture);
  };
  CHECK(code_of(draw(kGesture)) == "ok");
  for (const std::string_view wrong : {"8-5-2-1-0", "01258", "", "0-1-2-5"}) {
    CHECK(code_of(draw(wrong)) == "unlock_failed");
  }
  CHECK(code_of(draw(kGesture)) == "ok");
}

TEST_CASE("unlock: the requested channel is in the token") {
  UnlockFixture fixture;
  const auto issued = unlock(fixture.vault, fixture.id, fixture.actor,
                             {.device = fixture.device,
                              .method = UnlockMethod::password,
                              .secret = SecretText(kPassword),
                              .channel = Channel::alipay});
  REQUIRE(code_of(issued) == "ok");
  CHECK(issued->claims.channel == Channel::alipay);
}

TEST_CASE("unlock: wrong guesses count down to 0 and then lock the credential") {
  UnlockFixture fixture;
  for (std::uint32_t left = 5; left-- > 0;) {
    const auto outcome = fixture.guess();
    REQUIRE(code_of(outcome) == "unlock_failed");
    CHECK(outcome.error().attempts_left == left);
    CHECK(outcome.error().retry_after.has_value() == (left == 0));
  }
  const auto locked = fixture.guess(kPassword);
  REQUIRE(code_of(locked) == "credential_locked");
  CHECK(locked.error().retry_after == kLockTime);
  CHECK_FALSE(locked.error().attempts_left.has_value());
  CHECK(locked.error().fallback.empty());
  CHECK(fixture.failures() == 5);
}

TEST_CASE("unlock: from the fifth failure on a locked credential names the other method") {
  UnlockFixture fixture;
  fixture.set_gesture(fixture.id);
  for (int i = 0; i < 4; ++i) CHECK(fixture.guess().error().fallback.empty());
  CHECK(fixture.guess().error().fallback == std::vector<std::string>{"gesture"});
  CHECK(fixture.guess().error().fallback == std::vector<std::string>{"gesture"});
  CHECK(code_of(fixture.try_unlock(fixture.id, fixture.device, kGesture, UnlockMethod::gesture)) ==
        "ok");
  CHECK(code_of(fixture.guess(kPassword)) == "credential_locked");
}

TEST_CASE("unlock: the lock ends after 30 minutes and retry_after is the remaining time") {
  UnlockFixture fixture;
  fixture.lock();
  fixture.clock.advance(Seconds{600});
  CHECK(fixture.guess(kPassword).error().retry_after == Seconds{1200});
  fixture.clock.advance(Seconds{1199});
  CHECK(code_of(fixture.guess(kPassword)) == "credential_locked");
  fixture.clock.advance(Seconds{1});
  CHECK(code_of(fixture.guess(kPassword)) == "ok");
}

TEST_CASE("unlock: while locked a guess is not charged and commits nothing") {
  UnlockFixture fixture;
  fixture.lock();
  const auto version = fixture.version(fixture.id);
  const auto before = fixture.wallet(fixture.id);
  for (int i = 0; i < 10; ++i) CHECK(code_of(fixture.guess()) == "credential_locked");
  CHECK(fixture.version(fixture.id) == version);
  CHECK(fixture.wallet(fixture.id) == before);
}

TEST_CASE("unlock: another device of the wallet is not locked") {
  UnlockFixture fixture;
  const DeviceId tablet = fixture.make_device(fixture.id, "tablet");
  fixture.lock();
  CHECK(code_of(fixture.try_unlock(fixture.id, tablet, kPassword)) == "ok");
  CHECK(code_of(fixture.guess(kPassword)) == "credential_locked");
}

TEST_CASE("unlock: a success restores all five attempts") {
  UnlockFixture fixture;
  for (int i = 0; i < 4; ++i) (void)fixture.guess();
  REQUIRE(code_of(fixture.guess(kPassword)) == "ok");
  CHECK(fixture.guess().error().attempts_left == 4U);
}

TEST_CASE("unlock: the right password at the fifth attempt opens") {
  UnlockFixture fixture;
  for (int i = 0; i < 4; ++i) (void)fixture.guess();
  CHECK(code_of(fixture.guess(kPassword)) == "ok");
  CHECK(code_of(fixture.guess(kPassword)) == "ok");
}

TEST_CASE("unlock: after 100 failures in a row over all devices the credential is void") {
  UnlockFixture fixture;
  fixture.set_gesture(fixture.id);
  for (int round = 0; round < 20; ++round) {
    fixture.lock();
    fixture.clock.advance(kLockTime);
  }
  const auto outcome = fixture.guess(kPassword);
  REQUIRE(code_of(outcome) == "credential_void");
  CHECK(outcome.error().fallback == std::vector<std::string>{"gesture"});
  CHECK_FALSE(outcome.error().retry_after.has_value());
  CHECK(code_of(fixture.try_unlock(fixture.id, fixture.make_device(fixture.id, "new phone"),
                                   kPassword)) == "credential_void");
  fixture.set_password(fixture.id);
  CHECK(code_of(fixture.guess(kPassword)) == "ok");
}

TEST_CASE("unlock: binding the device again gives five attempts and does not reset the hundred") {
  UnlockFixture fixture;
  fixture.lock();
  REQUIRE(code_of(unbind_device(fixture.vault, fixture.id, fixture.actor, fixture.device)) == "ok");
  fixture.device = fixture.make_device(fixture.id, "phone-1");
  CHECK(fixture.guess().error().attempts_left == 4U);
  CHECK(fixture.failures() == 6);
}

TEST_CASE("unlock: a missing wallet, device or credential has its own code and charges nothing") {
  UnlockFixture fixture;
  const auto version = fixture.version(fixture.id);
  CHECK(code_of(fixture.try_unlock(id_of<WalletId>(9), fixture.device, kPassword)) ==
        "wallet_not_found");
  CHECK(code_of(fixture.try_unlock(fixture.id, id_of<DeviceId>(9), kPassword)) ==
        "device_not_found");
  CHECK(code_of(fixture.try_unlock(fixture.id, fixture.device, kGesture, UnlockMethod::gesture)) ==
        "credential_not_set");
  CHECK(fixture.version(fixture.id) == version);
}

TEST_CASE("unlock: with a full gate the answer is busy with retry_after and charges nothing") {
  UnlockFixture fixture;
  VerificationGate narrow(1, 0);
  WholeVault vault({fixture.store, fixture.keyring, fixture.sealer, fixture.clock, fixture.random},
                   fixture_channels(), *fixture.deadlines, fixture.banks, narrow,
                   fixture.vault.access.password_cost);
  const auto guess = [&](std::string_view secret) {
    return unlock(
        vault, fixture.id, fixture.actor,
        {.device = fixture.device, .method = UnlockMethod::password, .secret = SecretText(secret)});
  };
  const auto before = fixture.wallet(fixture.id);
  const auto version = fixture.version(fixture.id);
  std::optional<VerificationGate::Permit> held(narrow.enter().value());
  for (int i = 0; i < 10; ++i) {
    const auto outcome = guess("wrong guess");
    REQUIRE(code_of(outcome) == "busy");
    CHECK(outcome.error().retry_after == Seconds{1});
  }
  CHECK(fixture.version(fixture.id) == version);
  CHECK(fixture.wallet(fixture.id) == before);
  held.reset();
  CHECK(guess("wrong guess").error().attempts_left == 4U);
  CHECK(narrow.depth() == 0);
}

TEST_CASE("unlock: 200 uncommitted verdicts lock nothing and are not told") {
  UnlockFixture fixture;
  for (int i = 0; i < 200; ++i) {
    fixture.fail_commits_from(2);
    const auto outcome = fixture.guess(i % 2 == 0 ? kPassword : "wrong guess");
    REQUIRE(code_of(outcome) == "store_unavailable");
    CHECK_FALSE(outcome.error().attempts_left.has_value());
    fixture.store.reset();
    REQUIRE(fixture.in_flight() == 1);
    fixture.clock.advance(kChargeLease);
  }
  CHECK(fixture.failures() == 0);
  CHECK(code_of(fixture.guess(kPassword)) == "ok");
  CHECK(fixture.in_flight() == 0);
}

TEST_CASE("unlock: unresolved charges are busy until their lease ends and never lock") {
  UnlockFixture fixture;
  fixture.fail_commits_from(2);
  for (int i = 0; i < 5; ++i) {
    fixture.store.commits = 0;
    CHECK(code_of(fixture.guess(kPassword)) == "store_unavailable");
  }
  fixture.store.reset();
  const auto version = fixture.version(fixture.id);
  const auto busy = fixture.guess(kPassword);
  REQUIRE(code_of(busy) == "busy");
  CHECK(busy.error().retry_after == kBusyRetry);
  CHECK(fixture.version(fixture.id) == version);
  fixture.clock.advance(kChargeLease);
  CHECK(code_of(fixture.guess(kPassword)) == "ok");
}

TEST_CASE("unlock: 200 charges with lost replies are returned at once") {
  UnlockFixture fixture;
  for (int i = 0; i < 200; ++i) {
    fixture.store.commits = 0;
    fixture.store.before_commit = [&](const Commit& commit, int number) {
      std::optional<Result<CommitOutcome>> answer;
      if (number != 1) return answer;
      REQUIRE(fixture.inner->commit(commit) == CommitOutcome::committed);
      answer = HookedStore::unavailable();
      return answer;
    };
    REQUIRE(code_of(fixture.guess(i % 2 == 0 ? kPassword : "wrong guess")) == "store_unavailable");
    REQUIRE(fixture.in_flight() == 0);
  }
  fixture.store.reset();
  CHECK(fixture.failures() == 0);
  CHECK(code_of(fixture.guess(kPassword)) == "ok");
}

TEST_CASE("unlock: 200 commits with lost replies lock nothing") {
  UnlockFixture fixture;
  fixture.store.before_commit = [&](const Commit& commit, int) {
    REQUIRE(fixture.inner->commit(commit) == CommitOutcome::committed);
    return std::optional<Result<CommitOutcome>>(HookedStore::unavailable());
  };
  for (int i = 0; i < 200; ++i) {
    REQUIRE(code_of(fixture.guess(kPassword)) == "store_unavailable");
  }
  fixture.store.reset();
  CHECK(fixture.failures() == 0);
  CHECK(code_of(fixture.guess(kPassword)) == "ok");
}

TEST_CASE("unlock: 200 failed evaluations lock nothing") {
  UnlockFixture fixture;
  const auto damage = [&](Wallet& opened, WalletChange&) -> Result<bool> {
    find_credential(opened, UnlockMethod::password)->verifier.pop_back();
    return true;
  };
  REQUIRE(change_wallet(fixture.vault, fixture.id, fixture.actor, damage));
  for (int i = 0; i < 200; ++i) {
    REQUIRE(code_of(fixture.guess(kPassword)) == "record_corrupt");
    REQUIRE(fixture.in_flight() == 0);
  }
  CHECK(fixture.failures() == 0);
}

TEST_CASE("unlock: 200 attempts without a token key lock nothing") {
  UnlockFixture fixture;
  const KeyId token = fixture.keyring.current(Purpose::token).value()->id;
  const LiveKeyring without(with_state(fixture.keyring, token, KeyState::disabled), fixture.clock);
  const WholeVault vault = fixture.with_keyring(without);
  for (int i = 0; i < 200; ++i) {
    REQUIRE(code_of(fixture.guess_at(vault, kPassword)) == "key_unavailable");
    REQUIRE(fixture.in_flight() == 0);
  }
  CHECK(fixture.failures() == 0);
}

TEST_CASE(
    "unlock: if the reply to the verdict's commit is lost the failure counts and is not told") {
  UnlockFixture fixture;
  fixture.store.before_commit = [&](const Commit& commit, int number) {
    std::optional<Result<CommitOutcome>> answer;
    if (number % 2 == 1) return answer;
    REQUIRE(fixture.inner->commit(commit) == CommitOutcome::committed);
    answer = HookedStore::unavailable();
    return answer;
  };
  for (std::uint32_t failures = 1; failures <= 5; ++failures) {
    fixture.store.commits = 0;
    const auto outcome = fixture.guess();
    CHECK(code_of(outcome) == "store_unavailable");
    CHECK(fixture.failures() == failures);
  }
  fixture.store.reset();
  CHECK(code_of(fixture.guess(kPassword)) == "credential_locked");
}

TEST_CASE("unlock: a verdict after its lease is not told, right or wrong") {
  for (const std::string_view secret : {kPassword, std::string_view("wrong guess")}) {
    UnlockFixture fixture;
    fixture.meanwhile([&] {
      fixture.clock.advance(kChargeLease);
      CHECK(fixture.guess().error().attempts_left == 4U);
    });
    const auto outcome = fixture.guess(secret);
    REQUIRE(code_of(outcome) == "busy");
    CHECK(outcome.error().retry_after == kBusyRetry);
    CHECK(fixture.failures() == 1);
    CHECK(fixture.in_flight() == 0);
  }
}

TEST_CASE("unlock: a lock-out is reported once after the commit that locked") {
  UnlockFixture fixture;
  int told = 0;
  const auto guess = [&] {
    return unlock(fixture.vault, fixture.id, fixture.actor,
                  {.device = fixture.device,
                   .method = UnlockMethod::password,
                   .secret = SecretText("wrong guess"),
                   .on_lockout = [&] {
                     CHECK(fixture.failures() % 5 == 0);
                     ++told;
                   }});
  };
  for (int i = 1; i <= 7; ++i) {
    (void)guess();
    CHECK(told == (i < 5 ? 0 : 1));
  }
  fixture.clock.advance(kLockTime);
  for (int i = 0; i < 5; ++i) (void)guess();
  CHECK(told == 2);
}

TEST_CASE(
    "unlock: a lock made while the clock was a day ahead ends 30 minutes after the correction") {
  UnlockFixture fixture;
  const Seconds day{24 * 3600};
  fixture.clock.advance(day);
  fixture.lock();
  fixture.clock.advance(-day);
  CHECK(fixture.guess(kPassword).error().retry_after == kLockTime);
  fixture.clock.advance(kLockTime - Seconds{1});
  CHECK(fixture.guess(kPassword).error().retry_after == Seconds{1});
  fixture.clock.advance(Seconds{1});
  CHECK(code_of(fixture.guess(kPassword)) == "ok");
}

TEST_CASE("unlock: charges from a clock more than a minute ahead do not block") {
  for (const Seconds ahead : {kClockTolerance, kClockTolerance + Seconds{1}, Seconds{24 * 3600}}) {
    UnlockFixture fixture;
    fixture.clock.advance(ahead);
    fixture.fail_commits_from(2);
    for (int i = 0; i < 5; ++i) {
      fixture.store.commits = 0;
      (void)fixture.guess();
    }
    fixture.store.reset();
    fixture.clock.advance(-ahead);
    CHECK(code_of(fixture.guess(kPassword)) == (ahead > kClockTolerance ? "ok" : "busy"));
  }
}

TEST_CASE("unlock: if the charge cannot be committed there is no verdict and no failure") {
  UnlockFixture fixture;
  fixture.store.before_commit = [](const Commit&, int) {
    return std::optional<Result<CommitOutcome>>(HookedStore::unavailable());
  };
  CHECK(code_of(fixture.guess(kPassword)) == "store_unavailable");
  CHECK(code_of(fixture.guess()) == "store_unavailable");
  fixture.store.reset();
  CHECK(fixture.failures() == 0);
}

TEST_CASE("unlock: no secret is evaluated before its charge is committed") {
  UnlockFixture fixture;
  const auto damage = [&](Wallet& opened, WalletChange&) -> Result<bool> {
    find_credential(opened, UnlockMethod::password)->verifier.pop_back();
    return true;
  };
  REQUIRE(change_wallet(fixture.vault, fixture.id, fixture.actor, damage));
  // An evaluation would find the damage.
  REQUIRE(code_of(fixture.guess(kPassword)) == "record_corrupt");
  fixture.store.before_commit = [](const Commit&, int) {
    return std::optional<Result<CommitOutcome>>(HookedStore::unavailable());
  };
  CHECK(code_of(fixture.guess(kPassword)) == "store_unavailable");
}

TEST_CASE("unlock: a credential set during the evaluation gives no verdict on the old secret") {
  for (const std::string_view secret : {kPassword, std::string_view("wrong guess")}) {
    UnlockFixture fixture;
    fixture.meanwhile([&] { fixture.set_password(fixture.id, "another garden gate"); });
    CHECK(code_of(fixture.guess(secret)) == "busy");
    CHECK(fixture.failures() == 0);
    CHECK(code_of(fixture.guess("another garden gate")) == "ok");
  }
}

TEST_CASE("unlock: a wallet frozen during the evaluation gives neither token nor verdict") {
  for (const std::string_view secret : {kPassword, std::string_view("wrong guess")}) {
    UnlockFixture fixture;
    fixture.meanwhile([&] {
      REQUIRE(update_wallet(fixture.vault, fixture.id, fixture.actor,
                            {.state = WalletState::frozen, .locale = {}}));
    });
    CHECK(code_of(fixture.guess(secret)) == "wallet_frozen");
    CHECK(fixture.failures() == 0);
  }
}

TEST_CASE("unlock: each attempt and its verdict are in the audit log without the secret") {
  UnlockFixture fixture;
  (void)fixture.guess();
  (void)fixture.guess(kPassword);
  const auto page = read_audit(fixture.vault, fixture.id, 3, 10);
  REQUIRE(code_of(page) == "ok");
  REQUIRE(page->entries.size() == 4);
  CHECK(page->entries[0].action == "unlock.attempted");
  CHECK(page->entries[1].action == "unlock.failed");
  CHECK(page->entries[2].action == "unlock.attempted");
  CHECK(page->entries[3].action == "unlock.succeeded");
  for (const AuditEntry& entry : page->entries) {
    CHECK(entry.details == std::vector<std::pair<std::string, std::string>>{
                               {"device", fixture.device.text()}, {"method", "password"}});
  }
}

TEST_CASE("unlock: without the pepper key nothing opens and the attempt is returned") {
  UnlockFixture fixture;
  const KeyId pepper = fixture.keyring.current(Purpose::pepper).value()->id;
  const LiveKeyring without(with_state(fixture.keyring, pepper, KeyState::disabled), fixture.clock);
  const WholeVault vault = fixture.with_keyring(without);
  for (int i = 0; i < 200; ++i) {
    REQUIRE(code_of(fixture.guess_at(vault, kPassword)) == "key_unavailable");
  }
  CHECK(fixture.failures() == 0);
  CHECK(fixture.in_flight() == 0);
  CHECK(code_of(fixture.guess(kPassword)) == "ok");
}

}  // namespace cardvault::test
