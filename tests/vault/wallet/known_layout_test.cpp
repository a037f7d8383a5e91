#include <catch2/catch_test_macros.hpp>

#include "tests/vault/vault_fixture.h"
#include "vault/wallet/codec.h"

namespace cardvault::test {
namespace {

/// Stores the wallet in the layout of another version.
void write_as_another_version(VaultFixture& fixture, const WalletId& id) {
  Bytes bytes = encode_wallet(fixture.wallet(id));
  bytes[0] = 4;
  const std::string owner = id.text();
  Commit commit;
  commit.wallet = id;
  commit.expected_version = fixture.version(id);
  commit.record =
      fixture.sealer.seal(Purpose::wallet_records, {"wallet", owner, ""}, bytes).value();
  REQUIRE(fixture.inner->commit(commit) == CommitOutcome::committed);
}

}  // namespace

TEST_CASE("known layout: a vault without wallets and one of this version are served") {
  VaultFixture fixture;
  CHECK(code_of(require_known_layout(fixture.vault)) == "ok");
  (void)fixture.make_wallet();
  CHECK(code_of(require_known_layout(fixture.vault)) == "ok");
}

TEST_CASE("known layout: wallets of another version are refused and the error says what to do") {
  VaultFixture fixture;
  write_as_another_version(fixture, fixture.make_wallet());
  const auto refused = require_known_layout(fixture.vault);
  REQUIRE(code_of(refused) == "record_corrupt");
  CHECK(refused.error().detail.contains("Another version of cardvault wrote"));
  CHECK(refused.error().detail.contains("cardvault init"));
}

TEST_CASE("known layout: a sealed vault is not checked") {
  VaultFixture fixture;
  write_as_another_version(fixture, fixture.make_wallet());
  fixture.keyring.close();
  CHECK(code_of(require_known_layout(fixture.vault)) == "ok");
}

}  // namespace cardvault::test
