#include <catch2/catch_test_macros.hpp>
#include <string>

#include "tests/vault/vault_fixture.h"
#include "vault/wallet/codec.h"

namespace cardvault::test {

TEST_CASE(
    "create wallet: a new subject gets an active wallet with its language and without cards") {
  VaultFixture fixture;
  const auto answer = fixture.create("user-1");
  REQUIRE(code_of(answer) == "ok");
  CHECK(answer->created);
  CHECK_FALSE(answer->replayed);
  const auto id = WalletId::parse(answer->body).value();
  const Wallet wallet = fixture.wallet(id);
  CHECK(wallet.state == WalletState::active);
  CHECK(wallet.locale == "zh-CN");
  CHECK(wallet.created_at == fixture.clock.now());
  CHECK(wallet.cards.empty());
  CHECK(fixture.version(id) == 1);
  CHECK(fixture.actions(id) == std::vector<std::string>{"wallet.created"});
}

TEST_CASE("create wallet: the same subject again gets its existing wallet") {
  VaultFixture fixture;
  const WalletId id = fixture.make_wallet("user-1");
  const auto again = fixture.create("user-1");
  REQUIRE(code_of(again) == "ok");
  CHECK_FALSE(again->created);
  CHECK(again->body == id.text());
  CHECK(fixture.version(id) == 1);
  CHECK(fixture.make_wallet("user-2") != id);
}

TEST_CASE("create wallet: the stored record does not show the subject") {
  VaultFixture fixture;
  const std::string subject = "13800138000@example.com";
  const WalletId id = fixture.make_wallet(subject);
  const SealedRecord record = fixture.inner->load(id).value().value().record;
  CHECK(as_text(record.bytes()).find(subject) == std::string_view::npos);
  CHECK(fixture.wallet(id).subject_text == subject);
}

TEST_CASE("create wallet: the same Idempotency-Key and body get the same answer, replayed") {
  VaultFixture fixture;
  const auto first = fixture.create("user-1", idempotency("k"));
  const auto again = fixture.create("user-1", idempotency("k"));
  REQUIRE(code_of(again) == "ok");
  CHECK(again->replayed);
  CHECK(again->created);
  CHECK(again->body == first->body);
}

TEST_CASE(
    "create wallet: the same Idempotency-Key with another body is refused and makes no wallet") {
  VaultFixture fixture;
  REQUIRE(code_of(fixture.create("user-1", idempotency("k"))) == "ok");
  const auto reused = fixture.create("user-2", idempotency("k", "another body"));
  REQUIRE(code_of(reused) == "idempotency_key_reused");
  CHECK(reused.error().detail.find("another request body") != std::string::npos);
  const auto made = fixture.create("user-2");
  REQUIRE(code_of(made) == "ok");
  CHECK(made->created);
}

TEST_CASE("create wallet: an Idempotency-Key can be used again after its answer has expired") {
  VaultFixture fixture;
  const auto first = fixture.create("user-1", idempotency("k"));
  fixture.clock.advance(kAnswerLifetime - std::chrono::milliseconds{1});
  CHECK(code_of(fixture.create("user-2", idempotency("k", "another body"))) ==
        "idempotency_key_reused");
  fixture.clock.advance(std::chrono::milliseconds{1});
  const auto second = fixture.create("user-2", idempotency("k", "another body"));
  REQUIRE(code_of(second) == "ok");
  CHECK(second->created);
  CHECK(second->body != first->body);
  const auto replayed = fixture.create("user-2", idempotency("k", "another body"));
  REQUIRE(code_of(replayed) == "ok");
  CHECK(replayed->replayed);
  CHECK(replayed->body == second->body);
  CHECK(fixture.create("user-1")->body == first->body);
}

TEST_CASE("create wallet: a stray index entry never leads to another user's wallet") {
  VaultFixture fixture;
  const WalletId other = fixture.make_wallet("user-1");
  const auto stray = fixture.inner->load(other).value().value();
  const Digest subject =
      keyed_hash(fixture.keyring.current(Purpose::subject_index).value()->material.expose(),
                 "subject", {as_bytes("user-2")});
  const auto outcome = fixture.inner->commit({.wallet = other,
                                              .expected_version = stray.version,
                                              .record = stray.record,
                                              .put_pans = {},
                                              .delete_pans = {},
                                              .audit = {},
                                              .add_index = {{IndexKind::subject, subject}},
                                              .remove_index = {},
                                              .due = {}});
  REQUIRE(outcome == CommitOutcome::committed);
  const auto answer = fixture.create("user-2");
  CHECK_FALSE((answer && answer->body == other.text()));
}

}  // namespace cardvault::test
