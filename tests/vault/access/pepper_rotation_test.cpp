#include <catch2/catch_test_macros.hpp>

#include "tests/vault/vault_fixture.h"
#include "vault/access/wallet_access.h"

namespace cardvault::test {
namespace {

/// A wallet with a password, made before the tests rotate the pepper key.
struct PepperFixture : VaultFixture {
  WalletId id = make_wallet();
  DeviceId device = make_device(id);

  PepperFixture() { set_password(id); }
  [[nodiscard]] Credential password() {
    const Wallet opened = wallet(id);
    return *find_credential(opened, UnlockMethod::password);
  }
};

}  // namespace

TEST_CASE("pepper: a success renews the verifier under the current key in its own commit") {
  PepperFixture fixture;
  const IssuedToken token = fixture.list_token(fixture.id, fixture.device);
  const KeyId key = fixture.rotate(Purpose::pepper);
  const Credential before = fixture.password();
  const auto version = fixture.version(fixture.id);
  REQUIRE(code_of(fixture.try_unlock(fixture.id, fixture.device, kPassword)) == "ok");
  const Credential after = fixture.password();
  CHECK(after.pepper == key);
  CHECK(after.verifier != before.verifier);
  CHECK(after.set_at == before.set_at);
  CHECK(fixture.version(fixture.id) == version + 2);
  CHECK(code_of(fixture.view(token)) == "ok");
  REQUIRE(code_of(fixture.set_key_state(before.pepper, KeyState::destroyed)) == "ok");
  CHECK(code_of(fixture.try_unlock(fixture.id, fixture.device, kPassword)) == "ok");
  CHECK(code_of(fixture.try_unlock(fixture.id, fixture.device, "wrong guess")) == "unlock_failed");
  CHECK(fixture.password() != after);
  CHECK(fixture.password().verifier == after.verifier);
}

TEST_CASE("pepper: a failure does not change the verifier") {
  PepperFixture fixture;
  fixture.rotate(Purpose::pepper);
  const Credential before = fixture.password();
  CHECK(code_of(fixture.try_unlock(fixture.id, fixture.device, "wrong guess")) == "unlock_failed");
  CHECK(fixture.password().verifier == before.verifier);
  CHECK(fixture.password().pepper == before.pepper);
}

TEST_CASE("pepper: a credential set during the unlock is not overwritten") {
  PepperFixture fixture;
  const KeyId key = fixture.rotate(Purpose::pepper);
  fixture.store.reset();
  fixture.store.before_commit = [&](const Commit&, int number) {
    if (number == 2) fixture.set_password(fixture.id, "another garden gate");
    return std::nullopt;
  };
  CHECK(code_of(fixture.try_unlock(fixture.id, fixture.device, kPassword)) == "busy");
  fixture.store.reset();
  CHECK(fixture.password().pepper == key);
  CHECK(code_of(fixture.try_unlock(fixture.id, fixture.device, "another garden gate")) == "ok");
}

TEST_CASE("pepper: two concurrent right answers both succeed and one verifier is kept") {
  PepperFixture fixture;
  const KeyId key = fixture.rotate(Purpose::pepper);
  fixture.store.reset();
  bool beside = false;
  fixture.store.before_commit = [&](const Commit&, int number) {
    if (number == 2 && !beside) {
      beside = true;
      CHECK(code_of(fixture.try_unlock(fixture.id, fixture.device, kPassword)) == "ok");
    }
    return std::nullopt;
  };
  CHECK(code_of(fixture.try_unlock(fixture.id, fixture.device, kPassword)) == "ok");
  CHECK(beside);
  CHECK(fixture.password().pepper == key);
  CHECK(fixture.password().consecutive_failures == 0);
}

}  // namespace cardvault::test
