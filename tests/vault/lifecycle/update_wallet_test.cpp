#include <catch2/catch_test_macros.hpp>

#include "tests/vault/vault_fixture.h"

namespace cardvault::test {
namespace {

Result<Wallet> set_state(VaultFixture& fixture, const WalletId& id, WalletState state) {
  return update_wallet(fixture.vault, id, fixture.actor, {.state = state, .locale = {}});
}

}  // namespace

TEST_CASE("freeze: unlock, tokens, lists, new cards and new devices are refused") {
  VaultFixture fixture;
  const WalletId id = fixture.make_wallet();
  const DeviceId device = fixture.make_device(id);
  fixture.set_password(id);
  const IssuedToken token = fixture.list_token(id, device);
  REQUIRE(code_of(set_state(fixture, id, WalletState::frozen)) == "ok");
  const auto version = fixture.version(id);
  CHECK(code_of(fixture.try_unlock(id, device, kPassword)) == "wallet_frozen");
  CHECK(code_of(fixture.token(id, {.device = device, .scopes = {}})) == "wallet_frozen");
  CHECK(code_of(fixture.view(token)) == "wallet_frozen");
  CHECK(code_of(fixture.import(id, kCmbDebit)) == "wallet_frozen");
  CHECK(code_of(fixture.bind(id, "phone-2")) == "wallet_frozen");
  CHECK(fixture.version(id) == version);
  CHECK(fixture.wallet(id).credentials.front().consecutive_failures == 0);
}

TEST_CASE("freeze: a card can still be deregistered") {
  VaultFixture fixture;
  const WalletId id = fixture.make_wallet();
  const CardId card = fixture.make_card(id);
  REQUIRE(code_of(set_state(fixture, id, WalletState::frozen)) == "ok");
  CHECK(code_of(fixture.deregister(id, card)) == "ok");
}

TEST_CASE("unfreeze: tokens from before the freeze stay dead and new ones work") {
  VaultFixture fixture;
  const WalletId id = fixture.make_wallet();
  const DeviceId device = fixture.make_device(id);
  const IssuedToken old = fixture.list_token(id, device);
  REQUIRE(code_of(set_state(fixture, id, WalletState::frozen)) == "ok");
  REQUIRE(code_of(set_state(fixture, id, WalletState::active)) == "ok");
  CHECK(code_of(fixture.view(old)) == "token_revoked");
  CHECK(code_of(fixture.view(fixture.list_token(id, device))) == "ok");
  CHECK(fixture.actions(id) == std::vector<std::string>{"wallet.created", "device.bound",
                                                        "wallet.frozen", "wallet.unfrozen"});
}

TEST_CASE("freeze and unfreeze: a given reason is in the audit log") {
  VaultFixture fixture;
  const WalletId id = fixture.make_wallet();
  const auto set = [&](WalletState state, std::optional<std::string> reason) {
    REQUIRE(code_of(update_wallet(fixture.vault, id, fixture.actor,
                                  {.state = state, .locale = {}, .reason = std::move(reason)})) ==
            "ok");
    return read_audit(fixture.vault, id, 0, 50)->entries.back().details;
  };
  using Details = std::vector<std::pair<std::string, std::string>>;
  CHECK(set(WalletState::frozen, "phone reported stolen") ==
        Details{{"reason", "phone reported stolen"}});
  CHECK(set(WalletState::active, "phone found") == Details{{"reason", "phone found"}});
  CHECK(set(WalletState::frozen, {}).empty());
}

TEST_CASE("update wallet: a no-op commits nothing and keeps tokens alive") {
  VaultFixture fixture;
  const WalletId id = fixture.make_wallet();
  const IssuedToken token = fixture.list_token(id, fixture.make_device(id));
  const auto version = fixture.version(id);
  const auto same = update_wallet(fixture.vault, id, fixture.actor,
                                  {.state = WalletState::active, .locale = "zh-CN"});
  REQUIRE(code_of(same) == "ok");
  REQUIRE(code_of(update_wallet(fixture.vault, id, fixture.actor, {})) == "ok");
  CHECK(fixture.version(id) == version);
  CHECK(code_of(fixture.view(token)) == "ok");
}

TEST_CASE(
    "update wallet: another language raises the list version and the answer is the stored wallet") {
  VaultFixture fixture;
  const WalletId id = fixture.make_wallet();
  const auto before = fixture.wallet(id).list_version;
  const auto changed =
      update_wallet(fixture.vault, id, fixture.actor, {.state = {}, .locale = "en-US"});
  REQUIRE(code_of(changed) == "ok");
  CHECK(changed->locale == "en-US");
  CHECK(fixture.wallet(id).locale == "en-US");
  CHECK(fixture.wallet(id).list_version == before + 1);
  CHECK(changed->list_version == before + 1);
  CHECK(fixture.actions(id).back() == "wallet.locale_changed");
}

TEST_CASE("update wallet: an unknown wallet is wallet_not_found") {
  VaultFixture fixture;
  CHECK(code_of(set_state(fixture, id_of<WalletId>(9), WalletState::frozen)) == "wallet_not_found");
}

}  // namespace cardvault::test
