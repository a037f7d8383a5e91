#include "vault/closing/deregister_card.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "tests/vault/vault_fixture.h"

namespace cardvault::test {
namespace {

struct DeregisterFixture : VaultFixture {
  WalletId id = make_wallet();
  DeviceId device = make_device(id);
  CardId card = make_card(id, kCmbDebit, {Channel::wechat_pay, Channel::wearable});
  Digest fingerprint = wallet(id).cards.front().fingerprint.value;

  [[nodiscard]] bool pan_is_stored(const CardId& of) {
    return inner->load_pan(id, of).value().has_value();
  }
  [[nodiscard]] std::size_t indexed() {
    return inner->find({IndexKind::pan_fingerprint, fingerprint}).value().size();
  }
};

}  // namespace

TEST_CASE("deregister: the same commit removes number and index entry from the store") {
  DeregisterFixture fixture;
  REQUIRE(fixture.pan_is_stored(fixture.card));
  REQUIRE(fixture.indexed() == 1);
  const auto version = fixture.version(fixture.id);
  REQUIRE(code_of(fixture.deregister(fixture.id, fixture.card)) == "ok");
  CHECK(fixture.version(fixture.id) == version + 1);
  CHECK_FALSE(fixture.pan_is_stored(fixture.card));
  CHECK(fixture.indexed() == 0);
  CHECK(fixture.wallet(fixture.id).cards.empty());
}

TEST_CASE("deregister: other cards and the same card in another wallet are unchanged") {
  DeregisterFixture fixture;
  const CardId kept = fixture.make_card(fixture.id, kVisa);
  const WalletId other = fixture.make_wallet("user-2");
  const CardId theirs = fixture.make_card(other, kCmbDebit);
  REQUIRE(code_of(fixture.deregister(fixture.id, fixture.card)) == "ok");
  CHECK(fixture.pan_is_stored(kept));
  CHECK(fixture.inner->load_pan(other, theirs).value().has_value());
  CHECK(fixture.indexed() == 1);
  CHECK(fixture.wallet(other).cards.size() == 1);
}

TEST_CASE("deregister: the resource has the card, the reason and every channel to close") {
  DeregisterFixture fixture;
  const auto answer = fixture.deregister(fixture.id, fixture.card);
  REQUIRE(code_of(answer) == "ok");
  CHECK(answer->created);
  const auto id = DeregistrationId::parse(answer->body).value();
  const auto made = read_deregistration(fixture.vault, fixture.id, id);
  REQUIRE(code_of(made) == "ok");
  CHECK(made->card == fixture.card);
  CHECK(made->last4 == "0048");
  CHECK(made->reason == "lost");
  CHECK(made->requested_at == fixture.clock.now());
  REQUIRE(made->closures.size() == 2);
  CHECK(made->closures[0].channel == Channel::wechat_pay);
  CHECK(made->closures[1].channel == Channel::wearable);
  CHECK_FALSE(made->is_closed());
  CHECK_FALSE(made->receipt.has_value());
  CHECK(code_of(read_deregistration(fixture.vault, fixture.id, id_of<DeregistrationId>(9))) ==
        "deregistration_not_found");
  CHECK(code_of(read_deregistration(fixture.vault, id_of<WalletId>(9), id)) == "wallet_not_found");
}

TEST_CASE("deregister: tokens for the card are dead and lists no longer show it") {
  DeregisterFixture fixture;
  const auto of_card =
      fixture.token(fixture.id, {.device = fixture.device, .scopes = {}, .card = fixture.card});
  const auto of_list = fixture.list_token(fixture.id, fixture.device);
  REQUIRE(code_of(fixture.view(*of_card)) == "ok");
  REQUIRE(code_of(fixture.deregister(fixture.id, fixture.card)) == "ok");
  CHECK(code_of(fixture.view(*of_card)) == "token_revoked");
  const auto viewer = fixture.view(of_list);
  REQUIRE(code_of(viewer) == "ok");
  CHECK(visible_cards(*viewer).empty());
  CHECK(code_of(fixture.token(fixture.id,
                              {.device = fixture.device, .scopes = {}, .card = fixture.card})) ==
        "card_not_found");
}

TEST_CASE("deregister: a repeated request gets the same resource and is a no-op") {
  DeregisterFixture fixture;
  const auto first = fixture.deregister(fixture.id, fixture.card);
  const auto version = fixture.version(fixture.id);
  fixture.clock.advance(Seconds{3600});
  const auto again = fixture.deregister(fixture.id, fixture.card);
  REQUIRE(code_of(again) == "ok");
  CHECK_FALSE(again->created);
  CHECK(again->body == first->body);
  CHECK(fixture.version(fixture.id) == version);
}

TEST_CASE("deregister: the same number bound again is another card") {
  DeregisterFixture fixture;
  REQUIRE(code_of(fixture.deregister(fixture.id, fixture.card)) == "ok");
  const CardId anew = fixture.make_card(fixture.id, kCmbDebit);
  CHECK(anew != fixture.card);
  CHECK(fixture.pan_is_stored(anew));
  CHECK(fixture.indexed() == 1);
  const auto again = fixture.deregister(fixture.id, fixture.card);
  CHECK_FALSE(again->created);
  CHECK(fixture.wallet(fixture.id).cards.size() == 1);
  const auto second = fixture.deregister(fixture.id, anew);
  REQUIRE(code_of(second) == "ok");
  CHECK(second->created);
  CHECK(second->body != again->body);
}

TEST_CASE("deregister: an unknown card or wallet is refused and nothing changes") {
  DeregisterFixture fixture;
  const WalletId other = fixture.make_wallet("user-2");
  const auto version = fixture.version(fixture.id);
  CHECK(code_of(fixture.deregister(fixture.id, id_of<CardId>(9))) == "card_not_found");
  CHECK(code_of(fixture.deregister(other, fixture.card)) == "card_not_found");
  CHECK(code_of(fixture.deregister(id_of<WalletId>(9), fixture.card)) == "wallet_not_found");
  CHECK(fixture.version(fixture.id) == version);
  CHECK(fixture.pan_is_stored(fixture.card));
}

TEST_CASE("deregister: the audit log names card, deregistration and reason") {
  DeregisterFixture fixture;
  const auto answer = fixture.deregister(fixture.id, fixture.card);
  const auto seq = fixture.wallet(fixture.id).audit.seq;
  const auto page = read_audit(fixture.vault, fixture.id, seq - 1, 1);
  REQUIRE(code_of(page) == "ok");
  CHECK(page->entries.front().action == "card.deregistered");
  CHECK(page->entries.front().details ==
        std::vector<std::pair<std::string, std::string>>{
            {"card", fixture.card.text()}, {"deregistration", answer->body}, {"reason", "lost"}});
}

}  // namespace cardvault::test
