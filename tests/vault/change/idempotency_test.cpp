#include <catch2/catch_test_macros.hpp>
#include <string>

#include "tests/vault/vault_fixture.h"

namespace cardvault::test {

TEST_CASE("idempotency: a repeated request gets its first answer and is a no-op") {
  VaultFixture fixture;
  const WalletId id = fixture.make_wallet();
  const auto first = fixture.import(id, kVisa, idempotency("k"));
  const auto version = fixture.version(id);
  const auto again = fixture.import(id, kVisa, idempotency("k"));
  REQUIRE(code_of(again) == "ok");
  CHECK(again->replayed);
  CHECK(again->body == first->body);
  CHECK(fixture.version(id) == version);
  CHECK(fixture.wallet(id).cards.size() == 1);
}

TEST_CASE("idempotency: the location is replayed with the body") {
  VaultFixture fixture;
  const WalletId id = fixture.make_wallet();
  const NewCard wanted{.pan = pan(kVisa)};
  const auto import = [&] {
    return import_card(fixture.vault, id, fixture.actor, wanted, idempotency("k"),
                       [](const Wallet&, const Card& card) {
                         return Answer{.body = "{}", .location = "/cards/" + card.id.text()};
                       });
  };
  const auto first = import();
  const auto again = import();
  REQUIRE(code_of(again) == "ok");
  CHECK(again->location == first->location);
  CHECK_FALSE(first->replayed);
}

TEST_CASE("idempotency: the same key with another body is refused and nothing changes") {
  VaultFixture fixture;
  const WalletId id = fixture.make_wallet();
  REQUIRE(code_of(fixture.import(id, kVisa, idempotency("k"))) == "ok");
  const auto version = fixture.version(id);
  const auto reused = fixture.import(id, kMastercard, idempotency("k", "another"));
  REQUIRE(code_of(reused) == "idempotency_key_reused");
  CHECK(reused.error().detail.find("another request body") != std::string::npos);
  CHECK(fixture.version(id) == version);
}

TEST_CASE("idempotency: a replay is answered even if the request would now be refused") {
  VaultFixture fixture;
  const WalletId id = fixture.make_wallet();
  const auto first = fixture.bind(id, "phone-1", idempotency("k"));
  REQUIRE(update_wallet(fixture.vault, id, fixture.actor,
                        {.state = WalletState::frozen, .locale = {}}));
  const auto again = fixture.bind(id, "phone-1", idempotency("k"));
  REQUIRE(code_of(again) == "ok");
  CHECK(again->replayed);
  CHECK(again->body == first->body);
}

TEST_CASE("idempotency: a refused request is not remembered") {
  VaultFixture fixture;
  const WalletId id = fixture.make_wallet();
  (void)fixture.make_card(id, kVisa);
  CHECK(code_of(fixture.import(id, kVisa, idempotency("k"))) == "card_already_bound");
  CHECK(fixture.wallet(id).answers.empty());
  CHECK(code_of(fixture.import(id, kMastercard, idempotency("k", "another"))) == "ok");
}

TEST_CASE("idempotency: an answer is kept for 24 hours to the millisecond") {
  VaultFixture fixture;
  const WalletId id = fixture.make_wallet();
  REQUIRE(code_of(fixture.import(id, kVisa, idempotency("k"))) == "ok");
  fixture.clock.advance(kAnswerLifetime - std::chrono::milliseconds{1});
  CHECK(fixture.import(id, kVisa, idempotency("k"))->replayed);
  fixture.clock.advance(std::chrono::milliseconds{1});
  CHECK(code_of(fixture.import(id, kVisa, idempotency("k"))) == "card_already_bound");
  const auto other = fixture.import(id, kMastercard, idempotency("k", "another"));
  REQUIRE(code_of(other) == "ok");
  CHECK_FALSE(other->replayed);
  CHECK(fixture.wallet(id).answers.size() == 1);
}

TEST_CASE("idempotency: at most eight answers are kept and the oldest is dropped first") {
  VaultFixture fixture;
  const WalletId id = fixture.make_wallet();
  for (int n = 0; n < 9; ++n) {
    const std::string name = std::to_string(n);
    REQUIRE(code_of(fixture.bind(id, "phone-" + name, idempotency("k" + name))) == "ok");
  }
  CHECK(fixture.wallet(id).answers.size() == 8);
  CHECK(fixture.bind(id, "phone-1", idempotency("k1"))->replayed);
  CHECK(code_of(fixture.bind(id, "phone-0", idempotency("k0"))) == "device_already_bound");
}

TEST_CASE("idempotency: a deregistration and a token are replayed with their first answer") {
  VaultFixture fixture;
  const WalletId id = fixture.make_wallet();
  const DeviceId device = fixture.make_device(id);
  const CardId card = fixture.make_card(id);
  const auto first = fixture.deregister(id, card, idempotency("d"));
  const auto again = fixture.deregister(id, card, idempotency("d"));
  REQUIRE(code_of(again) == "ok");
  CHECK(again->replayed);
  CHECK(again->body == first->body);

  const auto issue = [&] {
    return issue_token(fixture.vault, id, fixture.actor,
                       {.device = device, .scopes = ScopeSet{Scope::cards_list}}, idempotency("t"),
                       [](const IssuedToken& made) { return Answer{.body = made.token}; });
  };
  const auto token = issue();
  REQUIRE(code_of(token) == "ok");
  const auto same = issue();
  REQUIRE(code_of(same) == "ok");
  CHECK(same->replayed);
  CHECK(same->body == token->body);
}

TEST_CASE("idempotency: a key is valid for one wallet only") {
  VaultFixture fixture;
  const WalletId one = fixture.make_wallet("user-1");
  const WalletId two = fixture.make_wallet("user-2");
  const auto first = fixture.import(one, kVisa, idempotency("k"));
  const auto second = fixture.import(two, kVisa, idempotency("k"));
  REQUIRE(code_of(second) == "ok");
  CHECK_FALSE(second->replayed);
  CHECK(second->body != first->body);
}

TEST_CASE("idempotency: an answer from a clock that was ahead lives a day after the correction") {
  VaultFixture fixture;
  const WalletId id = fixture.make_wallet();
  const Seconds week{7 * 24 * 3600};
  fixture.clock.advance(week);
  REQUIRE(code_of(fixture.import(id, kVisa, idempotency("k"))) == "ok");
  fixture.clock.advance(-week);
  CHECK(fixture.import(id, kVisa, idempotency("k"))->replayed);
  CHECK(fixture.wallet(id).answers.front().at == fixture.clock.now());
  fixture.clock.advance(kAnswerLifetime - std::chrono::milliseconds{1});
  CHECK(fixture.import(id, kVisa, idempotency("k"))->replayed);
  fixture.clock.advance(std::chrono::milliseconds{1});
  CHECK(code_of(fixture.import(id, kVisa, idempotency("k"))) == "card_already_bound");
}

TEST_CASE(
    "idempotency: a creation from a clock that was ahead is replayed for a day after the "
    "correction") {
  VaultFixture fixture;
  const Seconds week{7 * 24 * 3600};
  fixture.clock.advance(week);
  REQUIRE(code_of(fixture.create("user-1", idempotency("k"))) == "ok");
  fixture.clock.advance(-week);
  CHECK(fixture.create("user-1", idempotency("k"))->replayed);
  fixture.clock.advance(kAnswerLifetime);
  const auto again = fixture.create("user-1", idempotency("k"));
  REQUIRE(code_of(again) == "ok");
  CHECK_FALSE(again->replayed);
  CHECK_FALSE(again->created);
}

TEST_CASE("idempotency: an answer from a clock less than a minute ahead is not changed") {
  VaultFixture fixture;
  const WalletId id = fixture.make_wallet();
  fixture.clock.advance(Seconds{60});
  REQUIRE(code_of(fixture.import(id, kVisa, idempotency("k"))) == "ok");
  fixture.clock.advance(-Seconds{60});
  const auto version = fixture.version(id);
  CHECK(fixture.import(id, kVisa, idempotency("k"))->replayed);
  CHECK(fixture.version(id) == version);
}

}  // namespace cardvault::test
