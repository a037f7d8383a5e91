#include <catch2/catch_test_macros.hpp>
#include <string>

#include "tests/vault/vault_fixture.h"
#include "vault/access/wallet_access.h"
#include "vault/wallet/codec.h"

namespace cardvault::test {

TEST_CASE("bind device: the wallet keeps name and key and no plain fingerprint or SIM") {
  VaultFixture fixture;
  const WalletId id = fixture.make_wallet();
  const NewDevice wanted{.name = "王的手机",
                         .fingerprint = SecretText("fingerprint-of-this-phone"),
                         .sim = SecretText("89860012345678901234"),
                         .public_key = Bytes(32, 5)};
  const auto answer =
      bind_device(fixture.vault, id, fixture.actor, wanted, {},
                  [](const Device& device) { return Answer{.body = device.id.text()}; });
  REQUIRE(code_of(answer) == "ok");
  CHECK(answer->created);
  const Wallet wallet = fixture.wallet(id);
  const Device* device = find_device(wallet, DeviceId::parse(answer->body).value());
  REQUIRE(device != nullptr);
  CHECK(device->name == "王的手机");
  CHECK(device->has_sim);
  CHECK(device->public_key == Bytes(32, 5));
  CHECK(device->bound_at == fixture.clock.now());
  const Bytes plain = encode_wallet(wallet);
  CHECK(as_text(plain).find("fingerprint-of-this-phone") == std::string_view::npos);
  CHECK(as_text(plain).find("89860012345678901234") == std::string_view::npos);
  CHECK(fixture.actions(id).back() == "device.bound");
}

TEST_CASE("bind device: a device without a SIM has none") {
  VaultFixture fixture;
  const WalletId id = fixture.make_wallet();
  const DeviceId device = fixture.make_device(id);
  const Wallet wallet = fixture.wallet(id);
  CHECK_FALSE(find_device(wallet, device)->has_sim);
}

TEST_CASE("bind device: the same device again is refused with its id and nothing changes") {
  VaultFixture fixture;
  const WalletId id = fixture.make_wallet();
  const DeviceId device = fixture.make_device(id, "phone-1");
  const auto version = fixture.version(id);
  const auto again = fixture.bind(id, "phone-1");
  REQUIRE(code_of(again) == "device_already_bound");
  CHECK(again.error().existing_id == device.text());
  CHECK(fixture.version(id) == version);
  CHECK(fixture.bind(fixture.make_wallet("user-2"), "phone-1").has_value());
}

TEST_CASE("bind device: the 21st device is refused until another is unbound") {
  VaultFixture fixture;
  const WalletId id = fixture.make_wallet();
  const DeviceId first = fixture.make_device(id, "phone-0");
  for (int n = 1; n < 20; ++n) {
    REQUIRE(code_of(fixture.bind(id, "phone-" + std::to_string(n))) == "ok");
  }
  const auto version = fixture.version(id);
  CHECK(code_of(fixture.bind(id, "phone-20")) == "limit_reached");
  CHECK(fixture.version(id) == version);
  REQUIRE(code_of(unbind_device(fixture.vault, id, fixture.actor, first)) == "ok");
  CHECK(code_of(fixture.bind(id, "phone-20")) == "ok");
}

TEST_CASE("unbind device: its tokens are dead at once and those of other devices are not") {
  VaultFixture fixture;
  const WalletId id = fixture.make_wallet();
  const DeviceId gone = fixture.make_device(id, "phone-1");
  const DeviceId kept = fixture.make_device(id, "phone-2");
  fixture.set_password(id);
  const IssuedToken dead = fixture.list_token(id, gone);
  const IssuedToken alive = fixture.list_token(id, kept);
  REQUIRE(code_of(unbind_device(fixture.vault, id, fixture.actor, gone)) == "ok");
  CHECK(code_of(fixture.view(dead)) == "token_revoked");
  CHECK(code_of(fixture.view(alive)) == "ok");
  CHECK(code_of(fixture.token(id, {.device = gone, .scopes = {}})) == "device_not_found");
  CHECK(code_of(fixture.try_unlock(id, gone, kPassword)) == "device_not_found");
  CHECK(fixture.actions(id).back() == "device.unbound");
}

TEST_CASE("unbind device: the device bound again is another one and old tokens stay dead") {
  VaultFixture fixture;
  const WalletId id = fixture.make_wallet();
  const DeviceId before = fixture.make_device(id, "phone-1");
  const IssuedToken token = fixture.list_token(id, before);
  REQUIRE(code_of(unbind_device(fixture.vault, id, fixture.actor, before)) == "ok");
  CHECK(fixture.make_device(id, "phone-1") != before);
  CHECK(code_of(fixture.view(token)) == "token_revoked");
}

TEST_CASE("unbind device: an unknown device is refused and nothing changes") {
  VaultFixture fixture;
  const WalletId id = fixture.make_wallet();
  CHECK(code_of(unbind_device(fixture.vault, id, fixture.actor, id_of<DeviceId>(9))) ==
        "device_not_found");
  CHECK(fixture.version(id) == 1);
}

}  // namespace cardvault::test
