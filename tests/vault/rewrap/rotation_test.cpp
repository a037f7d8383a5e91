#include <catch2/catch_test_macros.hpp>
#include <string>

#include "tests/vault/other_process.h"
#include "vault/access/wallet_access.h"
#include "vault/change/blind_index.h"

namespace cardvault::test {
namespace {

std::vector<WalletId> holders(VaultFixture& fixture, IndexKind kind, const Digest& value) {
  return fixture.inner->find({kind, value}).value();
}

/// An Idempotency-Key with digests as the API makes them.
Idempotency keyed(VaultFixture& fixture, std::string_view key, std::string_view body = "body") {
  const auto digests = [&](std::string_view domain, std::string_view text) {
    return digests_of(fixture.keyring, Purpose::request_digest, domain, {as_bytes(text)}).value();
  };
  return {.key = digests("idempotency-key", key), .request = digests("idempotency-request", body)};
}

Keyring promoted(const VaultFixture& fixture) {
  Keyring keyring = fixture.keyring.snapshot()->clone();
  keyring.promote(keyring.waiting().front(), fixture.clock.now());
  return keyring;
}

std::string cancel(VaultFixture& fixture, std::string_view digits) {
  const auto ended = cancel_card_everywhere(fixture.vault, fixture.actor,
                                            {.pan = pan(digits), .reason = "bank_cancelled"});
  return ended ? std::to_string(*ended) : std::string(code_of(ended));
}

}  // namespace

TEST_CASE("rotation: a subject created before is found after and gets no second wallet") {
  VaultFixture fixture;
  const WalletId id = fixture.make_wallet("user-1");
  fixture.rotate(Purpose::subject_index);
  const auto again = fixture.create("user-1");
  REQUIRE(code_of(again) == "ok");
  CHECK_FALSE(again->created);
  CHECK(again->body == id.text());
  CHECK(fixture.version(id) == 1);
}

TEST_CASE("rotation: a new subject is keyed with the new key and stores its id") {
  VaultFixture fixture;
  const KeyId key = fixture.rotate(Purpose::subject_index);
  const WalletId id = fixture.make_wallet("user-1");
  CHECK(fixture.wallet(id).subject.key == key);
  CHECK(holders(fixture, IndexKind::subject, fixture.wallet(id).subject.value).size() == 1);
}

TEST_CASE("rotation: two processes, one ahead of the other, make one wallet per subject") {
  VaultFixture behind;
  behind.add_key(Purpose::subject_index);
  const OtherProcess ahead(behind, promoted(behind));
  std::string first;
  behind.store.before_commit = [&](const Commit&, int number) {
    if (number == 1) first = ahead.create("user-1")->body;
    return std::nullopt;
  };
  const auto second = behind.create("user-1");
  REQUIRE(code_of(second) == "ok");
  CHECK_FALSE(second->created);
  CHECK(second->body == first);
}

TEST_CASE("rotation: a process that is ahead finds the wallet made by one that is behind") {
  VaultFixture behind;
  behind.add_key(Purpose::subject_index);
  const OtherProcess ahead(behind, promoted(behind));
  const WalletId id = behind.make_wallet("user-1");
  const auto again = ahead.create("user-1");
  REQUIRE(code_of(again) == "ok");
  CHECK(again->body == id.text());
}

TEST_CASE("rotation: closing a wallet made while a key waited frees all entries of its subject") {
  VaultFixture fixture;
  fixture.add_key(Purpose::subject_index);
  const WalletId id = fixture.make_wallet("user-1");
  const auto known_as = subject_digests(fixture.vault, "user-1").value();
  REQUIRE(known_as.all().size() == 2);
  for (const KeyedDigest& digest : known_as.all()) {
    CHECK(holders(fixture, IndexKind::subject, digest.value) == std::vector{id});
  }
  REQUIRE(update_wallet(fixture.vault, id, fixture.actor,
                        {.state = WalletState::closed, .locale = {}}));
  CHECK(fixture.wallet(id).subject_text.empty());
  for (const KeyedDigest& digest : known_as.all()) {
    CHECK(holders(fixture, IndexKind::subject, digest.value).empty());
  }
  CHECK(fixture.create("user-1")->created);
}

TEST_CASE("rotation: a card bound before cannot be bound again after") {
  VaultFixture fixture;
  const WalletId id = fixture.make_wallet();
  const CardId card = fixture.make_card(id, kVisa);
  const KeyId key = fixture.rotate(Purpose::pan_fingerprint);
  const auto again = fixture.import(id, kVisa);
  REQUIRE(code_of(again) == "card_already_bound");
  CHECK(again.error().existing_id == card.text());
  (void)fixture.make_card(id, kMastercard);
  CHECK(fixture.wallet(id).cards.back().fingerprint.key == key);
}

TEST_CASE("rotation: a card bound by a process that is ahead cannot be bound again") {
  VaultFixture behind;
  behind.add_key(Purpose::pan_fingerprint);
  const OtherProcess ahead(behind, promoted(behind));
  const WalletId id = behind.make_wallet();
  REQUIRE(code_of(ahead.import(id, kVisa)) == "ok");
  CHECK(code_of(behind.import(id, kVisa)) == "card_already_bound");
  CHECK(cancel(behind, kVisa) == "1");
}

TEST_CASE("rotation: a bank event ends cards bound before and after") {
  VaultFixture fixture;
  const WalletId one = fixture.make_wallet("user-1");
  const WalletId two = fixture.make_wallet("user-2");
  (void)fixture.make_card(one, kVisa);
  fixture.rotate(Purpose::pan_fingerprint);
  (void)fixture.make_card(two, kVisa);
  CHECK(cancel(fixture, kVisa) == "2");
  CHECK(fixture.wallet(one).cards.empty());
  CHECK(fixture.wallet(two).cards.empty());
}

TEST_CASE("rotation: an answer stored before is replayed after and another body is refused") {
  VaultFixture fixture;
  const WalletId id = fixture.make_wallet();
  const auto first = fixture.import(id, kVisa, keyed(fixture, "k"));
  const KeyId key = fixture.rotate(Purpose::request_digest);
  const auto again = fixture.import(id, kVisa, keyed(fixture, "k"));
  REQUIRE(code_of(again) == "ok");
  CHECK(again->replayed);
  CHECK(again->body == first->body);
  CHECK(code_of(fixture.import(id, kMastercard, keyed(fixture, "k", "another"))) ==
        "idempotency_key_reused");
  REQUIRE(code_of(fixture.import(id, kMastercard, keyed(fixture, "l"))) == "ok");
  CHECK(fixture.wallet(id).answers.back().key.key == key);
}

TEST_CASE("rotation: a creation stored before is replayed after and expires as usual") {
  VaultFixture fixture;
  const auto first = fixture.create("user-1", keyed(fixture, "k"));
  fixture.rotate(Purpose::request_digest);
  const auto again = fixture.create("user-1", keyed(fixture, "k"));
  REQUIRE(code_of(again) == "ok");
  CHECK(again->replayed);
  CHECK(again->body == first->body);
  fixture.clock.advance(kAnswerLifetime);
  const auto other = fixture.create("user-2", keyed(fixture, "k", "another"));
  REQUIRE(code_of(other) == "ok");
  CHECK(other->created);
}

TEST_CASE("rotation: a creation stored while a key waited is found under that key alone") {
  VaultFixture fixture;
  fixture.add_key(Purpose::request_digest);
  const auto both = keyed(fixture, "k");
  const auto first = fixture.create("user-1", both);
  const KeyedDigests newer({both.key.all().back()});
  CHECK(find_wallets(fixture.store, IndexKind::creation_key, newer)->size() == 1);
}

TEST_CASE("rotation: a device bound before is recognised after") {
  VaultFixture fixture;
  const WalletId id = fixture.make_wallet();
  (void)fixture.make_device(id, "phone-1");
  fixture.rotate(Purpose::subject_index);
  CHECK(code_of(fixture.bind(id, "phone-1")) == "device_already_bound");
}

TEST_CASE("rotation: a phone bound again in a wallet has another hash") {
  VaultFixture fixture;
  const WalletId id = fixture.make_wallet();
  const DeviceId first = fixture.make_device(id, "phone-1");
  const Digest before = find_device(fixture.wallet(id), first)->fingerprint;
  REQUIRE(code_of(unbind_device(fixture.vault, id, fixture.actor, first)) == "ok");
  const DeviceId second = fixture.make_device(id, "phone-1");
  CHECK(find_device(fixture.wallet(id), second)->fingerprint != before);
}

}  // namespace cardvault::test
