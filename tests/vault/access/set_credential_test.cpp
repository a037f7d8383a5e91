#include <catch2/catch_test_macros.hpp>
#include <optional>

#include "tests/vault/vault_fixture.h"
#include "vault/wallet/codec.h"

namespace cardvault::test {
namespace {

Result<Credential> set(VaultFixture& fixture, const WalletId& id, UnlockMethod method,
                       std::string_view secret) {
  return set_credential(fixture.vault, id, fixture.actor, method, SecretText(secret));
}

}  // namespace

TEST_CASE("set credential: the wallet has the secret only as a verifier") {
  VaultFixture fixture;
  const WalletId id = fixture.make_wallet();
  fixture.set_password(id);
  fixture.set_gesture(id);
  const Wallet wallet = fixture.wallet(id);
  REQUIRE(wallet.credentials.size() == 2);
  const Bytes plain = encode_wallet(wallet);
  CHECK(as_text(plain).find(kPassword) == std::string_view::npos);
  CHECK(as_text(plain).find("01258") == std::string_view::npos);
  CHECK(wallet.credentials.front().set_at == fixture.clock.now());
  CHECK(fixture.actions(id).back() == "credential.set");
}

TEST_CASE("set credential: setting, replacing and removing a credential kills every token") {
  VaultFixture fixture;
  const WalletId id = fixture.make_wallet();
  const DeviceId device = fixture.make_device(id);
  IssuedToken token = fixture.list_token(id, device);
  fixture.set_password(id);
  CHECK(code_of(fixture.view(token)) == "token_revoked");
  token = fixture.list_token(id, device);
  fixture.set_password(id, "battery staple");
  CHECK(code_of(fixture.view(token)) == "token_revoked");
  token = fixture.list_token(id, device);
  REQUIRE(code_of(remove_credential(fixture.vault, id, fixture.actor, UnlockMethod::password)) ==
          "ok");
  CHECK(code_of(fixture.view(token)) == "token_revoked");
  CHECK(fixture.actions(id).back() == "credential.removed");
}

TEST_CASE("set credential: the new secret opens and the old one does not") {
  VaultFixture fixture;
  const WalletId id = fixture.make_wallet();
  const DeviceId device = fixture.make_device(id);
  fixture.set_password(id);
  fixture.set_password(id, "battery staple");
  CHECK(code_of(fixture.try_unlock(id, device, kPassword)) == "unlock_failed");
  CHECK(code_of(fixture.try_unlock(id, device, "battery staple")) == "ok");
}

TEST_CASE("set credential: setting the credential again ends a lock") {
  VaultFixture fixture;
  const WalletId id = fixture.make_wallet();
  const DeviceId device = fixture.make_device(id);
  fixture.set_password(id);
  for (int i = 0; i < 5; ++i) (void)fixture.try_unlock(id, device, "wrong guess");
  REQUIRE(code_of(fixture.try_unlock(id, device, kPassword)) == "credential_locked");
  fixture.set_password(id);
  CHECK(code_of(fixture.try_unlock(id, device, kPassword)) == "ok");
}

TEST_CASE("set credential: a weak or malformed secret is refused and nothing changes") {
  VaultFixture fixture;
  const WalletId id = fixture.make_wallet();
  const IssuedToken token = fixture.list_token(id, fixture.make_device(id));
  const auto version = fixture.version(id);
  const auto refused = [&](UnlockMethod method, std::string_view secret, std::string_view code,
                           std::string_view reason) {
    const auto outcome = set(fixture, id, method, secret);
    CHECK(code_of(outcome) == code);
    CHECK(reason_of(outcome) == reason);
  };
  refused(UnlockMethod::password, "123456", "weak_credential", "sequence");
  refused(UnlockMethod::password, "short", "weak_credential", "too_short");
  refused(UnlockMethod::password, "tab\tbed pass", "invalid_request", "control_characters");
  refused(UnlockMethod::gesture, "0-1-2-5-8-9", "invalid_gesture", "out_of_range");
  refused(UnlockMethod::gesture, "0-2-5-8", "invalid_gesture", "jumps_over_node");
  refused(UnlockMethod::gesture, "0-3-6-7", "weak_credential", "commonplace");
  refused(UnlockMethod::gesture, "7-6-3-0", "weak_credential", "commonplace");
  CHECK(fixture.version(id) == version);
  CHECK(code_of(fixture.view(token)) == "ok");
}

TEST_CASE(
    "set credential: with a full gate the answer is busy with retry_after and nothing changes") {
  VaultFixture fixture;
  const WalletId id = fixture.make_wallet();
  VerificationGate narrow(1, 0);
  WholeVault vault({fixture.store, fixture.keyring, fixture.sealer, fixture.clock, fixture.random},
                   fixture_channels(), *fixture.deadlines, fixture.banks, narrow,
                   fixture.vault.access.password_cost);
  std::optional<VerificationGate::Permit> held(narrow.enter().value());
  const auto outcome =
      set_credential(vault, id, fixture.actor, UnlockMethod::password, SecretText(kPassword));
  REQUIRE(code_of(outcome) == "busy");
  CHECK(outcome.error().retry_after == Seconds{1});
  CHECK(fixture.version(id) == 1);
  held.reset();
  CHECK(code_of(set_credential(vault, id, fixture.actor, UnlockMethod::password,
                               SecretText(kPassword))) == "ok");
  CHECK(narrow.depth() == 0);
}

TEST_CASE("set credential: an unknown wallet is wallet_not_found and costs no evaluation") {
  VaultFixture fixture;
  VerificationGate narrow(1, 0);
  WholeVault vault({fixture.store, fixture.keyring, fixture.sealer, fixture.clock, fixture.random},
                   fixture_channels(), *fixture.deadlines, fixture.banks, narrow,
                   fixture.vault.access.password_cost);
  const auto held = narrow.enter().value();
  CHECK(code_of(set_credential(vault, id_of<WalletId>(9), fixture.actor, UnlockMethod::password,
                               SecretText(kPassword))) == "wallet_not_found");
}

TEST_CASE("remove credential: a credential that is not set is refused and nothing changes") {
  VaultFixture fixture;
  const WalletId id = fixture.make_wallet();
  CHECK(code_of(remove_credential(fixture.vault, id, fixture.actor, UnlockMethod::gesture)) ==
        "credential_not_set");
  CHECK(fixture.version(id) == 1);
}

TEST_CASE("remove credential: a removed credential cannot be used") {
  VaultFixture fixture;
  const WalletId id = fixture.make_wallet();
  const DeviceId device = fixture.make_device(id);
  fixture.set_password(id);
  REQUIRE(code_of(remove_credential(fixture.vault, id, fixture.actor, UnlockMethod::password)) ==
          "ok");
  CHECK(code_of(fixture.try_unlock(id, device, kPassword)) == "credential_not_set");
}

}  // namespace cardvault::test
