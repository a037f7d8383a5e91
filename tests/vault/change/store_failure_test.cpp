#include <catch2/catch_test_macros.hpp>
#include <optional>
#include <string>

#include "tests/vault/vault_fixture.h"

namespace cardvault::test {
namespace {

using Override = std::optional<Result<CommitOutcome>>;

void fail_commits(HookedStore& store) {
  store.before_commit = [](const Commit&, int) { return Override(HookedStore::unavailable()); };
}

}  // namespace

TEST_CASE("store failure: the caller gets the error and the Idempotency-Key stays free") {
  VaultFixture fixture;
  const WalletId id = fixture.make_wallet();
  const auto before = fixture.wallet(id);
  fail_commits(fixture.store);
  CHECK(code_of(fixture.import(id, kVisa, idempotency("k"))) == "store_unavailable");
  CHECK(code_of(fixture.bind(id, "phone-1", idempotency("d"))) == "store_unavailable");
  CHECK(code_of(fixture.create("user-2", idempotency("w"))) == "store_unavailable");
  fixture.store.reset();
  CHECK(fixture.wallet(id) == before);
  CHECK(fixture.version(id) == 1);
  const auto retried = fixture.import(id, kVisa, idempotency("k"));
  REQUIRE(code_of(retried) == "ok");
  CHECK_FALSE(retried->replayed);
  CHECK_FALSE(fixture.create("user-2", idempotency("w"))->replayed);
}

TEST_CASE("store failure: every use case returns the error") {
  VaultFixture fixture;
  const WalletId id = fixture.make_wallet();
  const DeviceId device = fixture.make_device(id);
  const CardId card = fixture.make_card(id);
  fixture.set_password(id);
  const auto token = fixture.list_token(id, device);
  const auto version = fixture.version(id);
  fixture.store.loads_fail = true;
  CHECK(code_of(fixture.try_unlock(id, device, kPassword)) == "store_unavailable");
  CHECK(code_of(fixture.view(token)) == "store_unavailable");
  CHECK(code_of(fixture.token(id, {.device = device, .scopes = {}})) == "store_unavailable");
  CHECK(code_of(revoke_token(fixture.vault, fixture.actor, token.token)) == "store_unavailable");
  CHECK(code_of(fixture.deregister(id, card)) == "store_unavailable");
  CHECK(code_of(unbind_device(fixture.vault, id, fixture.actor, device)) == "store_unavailable");
  CHECK(code_of(read_audit(fixture.vault, id, 0, 10)) == "store_unavailable");
  CHECK(code_of(check_audit_chain(fixture.vault, id)) == "store_unavailable");
  CHECK(code_of(fixture.create("user-1")) == "store_unavailable");
  fixture.store.reset();
  fixture.store.finds_fail = true;
  CHECK(code_of(fixture.create("user-2")) == "store_unavailable");
  fixture.store.reset();
  CHECK(fixture.version(id) == version);
}

TEST_CASE("commit conflict: the change is decided again on the newer wallet") {
  VaultFixture fixture;
  const WalletId id = fixture.make_wallet();
  bool raced = false;
  fixture.store.before_commit = [&](const Commit&, int) {
    if (std::exchange(raced, true)) return Override();
    REQUIRE(code_of(fixture.bind(id, "phone-1")) == "ok");
    return Override();  // the store itself now finds the version outdated
  };
  REQUIRE(code_of(fixture.import(id, kVisa)) == "ok");
  const Wallet wallet = fixture.wallet(id);
  CHECK(wallet.cards.size() == 1);
  CHECK(wallet.devices.size() == 1);
  CHECK(fixture.version(id) == 3);
  CHECK(fixture.actions(id) ==
        std::vector<std::string>{"wallet.created", "device.bound", "card.bound"});
  CHECK(check_audit_chain(fixture.vault, id)->intact);
}

TEST_CASE("commit conflict: a change made impossible by the other one is refused") {
  VaultFixture fixture;
  const WalletId id = fixture.make_wallet();
  bool raced = false;
  std::string other;
  fixture.store.before_commit = [&](const Commit&, int) {
    if (std::exchange(raced, true)) return Override();
    other = fixture.import(id, kVisa)->body;
    return Override();
  };
  const auto outcome = fixture.import(id, kVisa);
  REQUIRE(code_of(outcome) == "card_already_bound");
  CHECK(outcome.error().existing_id == other);
}

TEST_CASE("commit conflict: endless conflicts end in write_conflict after limited attempts") {
  VaultFixture fixture;
  const WalletId id = fixture.make_wallet();
  fixture.store.reset();
  fixture.store.before_commit = [](const Commit&, int) {
    return Override(CommitOutcome::conflict);
  };
  CHECK(code_of(fixture.import(id, kVisa)) == "write_conflict");
  CHECK(fixture.store.commits <= 100);
  fixture.store.commits = 0;
  CHECK(code_of(fixture.create("user-2")) == "write_conflict");
  CHECK(fixture.store.commits <= 100);
}

TEST_CASE("corrupt record: only that wallet is record_corrupt and its record is unchanged") {
  VaultFixture fixture;
  const WalletId hurt = fixture.make_wallet("user-1");
  const WalletId fine = fixture.make_wallet("user-2");
  const DeviceId device = fixture.make_device(hurt);
  const auto token = fixture.list_token(hurt, device);
  const auto stored = fixture.inner->load(hurt).value().value();
  Bytes bytes(stored.record.bytes().begin(), stored.record.bytes().end());
  bytes[bytes.size() / 2] ^= 1U;
  REQUIRE(fixture.inner->commit({.wallet = hurt,
                                 .expected_version = stored.version,
                                 .record = SealedRecord::from_storage(bytes),
                                 .put_pans = {},
                                 .delete_pans = {},
                                 .audit = {},
                                 .add_index = {},
                                 .remove_index = {},
                                 .due = {}}) == CommitOutcome::committed);
  const auto version = fixture.version(hurt);
  CHECK(code_of(fixture.view(token)) == "record_corrupt");
  CHECK(code_of(fixture.import(hurt, kVisa)) == "record_corrupt");
  CHECK(code_of(fixture.create("user-1")) == "record_corrupt");
  CHECK(code_of(check_audit_chain(fixture.vault, hurt)) == "record_corrupt");
  CHECK(fixture.version(hurt) == version);
  CHECK(code_of(fixture.import(fine, kVisa)) == "ok");
  CHECK(code_of(fixture.create("user-3")) == "ok");
}

TEST_CASE("moved record: a wallet's record under another id does not open") {
  VaultFixture fixture;
  const WalletId one = fixture.make_wallet("user-1");
  const WalletId two = fixture.make_wallet("user-2");
  const auto record = fixture.inner->load(one).value().value().record;
  fixture.store.on_load = [&](StoredWallet& stored) { stored.record = record; };
  CHECK(code_of(open_wallet(fixture.vault, one)) == "ok");
  CHECK(code_of(open_wallet(fixture.vault, two)) == "record_corrupt");
}

}  // namespace cardvault::test
