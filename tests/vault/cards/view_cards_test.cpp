#include "vault/cards/view_cards.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "tests/vault/vault_fixture.h"

namespace cardvault::test {
namespace {

struct ViewFixture : VaultFixture {
  WalletId id = make_wallet();
  DeviceId device = make_device(id);

  [[nodiscard]] Viewer viewer(std::optional<CardId> card = {},
                              std::optional<Channel> channel = {}) {
    const auto issued =
        token(id, {.device = device, .scopes = {}, .life = {}, .card = card, .channel = channel});
    REQUIRE(code_of(issued) == "ok");
    auto admitted = view(*issued);
    REQUIRE(code_of(admitted) == "ok");
    return std::move(*admitted);
  }
};

std::vector<CardId> ids(const std::vector<const Card*>& cards) {
  std::vector<CardId> out;
  for (const Card* card : cards) out.push_back(card->id);
  return out;
}

ViewerChange looks(CardChange change) {
  return {.appearance = std::move(change), .channels = {}};
}

}  // namespace

TEST_CASE("view: a list costs one read of the wallet and no PAN read") {
  ViewFixture fixture;
  for (const std::string_view digits : {kVisa, kMastercard, kCmbDebit, kPabDebit, kPabCredit}) {
    (void)fixture.make_card(fixture.id, digits);
  }
  const auto issued = fixture.list_token(fixture.id, fixture.device);
  fixture.store.reset();
  const auto viewer = fixture.view(issued);
  REQUIRE(code_of(viewer) == "ok");
  CHECK(visible_cards(*viewer).size() == 5);
  CHECK(fixture.store.loads == 1);
  CHECK(fixture.store.pan_loads == 0);
  CHECK(fixture.store.calls() == 1);
}

TEST_CASE("view: a token that does not verify costs no store read") {
  ViewFixture fixture;
  const auto issued = fixture.list_token(fixture.id, fixture.device);
  const std::string device = fixture.device.text();
  fixture.store.reset();
  const auto admit = [&](const std::string& token, std::string_view header, Scope scope) {
    return code_of(admit_viewer(fixture.vault, token, header, scope));
  };
  CHECK(admit("", device, Scope::cards_list) == "token_invalid");
  CHECK(admit("v4.local.AAAA", device, Scope::cards_list) == "token_invalid");
  CHECK(admit(issued.token + "A", device, Scope::cards_list) == "token_invalid");
  CHECK(admit(issued.token, "", Scope::cards_list) == "token_wrong_device");
  CHECK(admit(issued.token, id_of<DeviceId>(9).text(), Scope::cards_list) == "token_wrong_device");
  CHECK(admit(issued.token, device, Scope::card_balance) == "insufficient_scope");
  fixture.clock.advance(Seconds{180});
  CHECK(admit(issued.token, device, Scope::cards_list) == "token_expired");
  CHECK(code_of(introspect_token(fixture.vault, issued.token)) == "ok");
  CHECK(code_of(revoke_token(fixture.vault, fixture.actor, issued.token)) == "ok");
  CHECK(fixture.store.calls() == 0);
}

TEST_CASE("view: the error names the missing scope") {
  ViewFixture fixture;
  const auto refused =
      fixture.view(fixture.list_token(fixture.id, fixture.device), Scope::card_deregister);
  REQUIRE(code_of(refused) == "insufficient_scope");
  CHECK(refused.error().detail.find("card:deregister") != std::string::npos);
}

TEST_CASE("view: a token of an unknown wallet is token_revoked") {
  ViewFixture fixture;
  const auto issued = fixture.list_token(fixture.id, fixture.device);
  const auto empty = make_memory_store();
  const WholeVault elsewhere(
      {*empty, fixture.keyring, fixture.sealer, fixture.clock, fixture.random}, fixture_channels(),
      *fixture.deadlines, fixture.banks, fixture.gate);
  CHECK(code_of(admit_viewer(elsewhere, issued.token, fixture.device.text(), Scope::cards_list)) ==
        "token_revoked");
}

TEST_CASE("view: a token with a channel shows only cards opened for it") {
  ViewFixture fixture;
  const CardId in_alipay = fixture.make_card(fixture.id, kVisa, {Channel::alipay});
  const CardId in_wechat = fixture.make_card(fixture.id, kMastercard, {Channel::wechat_pay});
  const CardId nowhere = fixture.make_card(fixture.id, kCmbDebit);
  CHECK(ids(visible_cards(fixture.viewer({}, Channel::alipay))) == std::vector{in_alipay});
  CHECK(visible_cards(fixture.viewer({}, Channel::wearable)).empty());
  CHECK(ids(visible_cards(fixture.viewer())) == std::vector{in_alipay, in_wechat, nowhere});
  const Viewer viewer = fixture.viewer({}, Channel::alipay);
  CHECK(code_of(visible_card(viewer, in_alipay)) == "ok");
  CHECK(code_of(visible_card(viewer, in_wechat)) == "card_not_found");
}

TEST_CASE("view: a token for one card shows only that card and respects the token's channel") {
  ViewFixture fixture;
  const CardId first = fixture.make_card(fixture.id, kVisa, {Channel::alipay});
  const CardId second = fixture.make_card(fixture.id, kMastercard);
  const Viewer viewer = fixture.viewer(first);
  CHECK(ids(visible_cards(viewer)) == std::vector{first});
  CHECK(code_of(visible_card(viewer, second)) == "card_not_found");
  CHECK(code_of(visible_card(viewer, id_of<CardId>(9))) == "card_not_found");
  CHECK(visible_cards(fixture.viewer(first, Channel::sms_bank)).empty());
}

TEST_CASE(
    "change card: a change is stored, audited under the device's name and answered as stored") {
  ViewFixture fixture;
  const CardId first = fixture.make_card(fixture.id, kVisa);
  const CardId second = fixture.make_card(fixture.id, kMastercard);
  const auto after = change_card(fixture.vault, fixture.viewer(), second,
                                 looks({.nickname = "rent", .is_default = true, .order = 0}));
  REQUIRE(code_of(after) == "ok");
  const Wallet stored = fixture.wallet(fixture.id);
  CHECK(after->cards == stored.cards);
  CHECK(after->list_version == stored.list_version);
  CHECK(stored.cards[0].id == second);
  CHECK(stored.cards[0].nickname == "rent");
  CHECK(stored.cards[0].is_default);
  CHECK(stored.cards[1].id == first);
  const auto page = read_audit(fixture.vault, fixture.id, stored.audit.seq - 1, 1);
  REQUIRE(code_of(page) == "ok");
  CHECK(page->entries.front().action == "card.changed");
  CHECK(page->entries.front().actor == "device:" + fixture.device.text());
}

TEST_CASE("change card: a no-op commits nothing and keeps the list version") {
  ViewFixture fixture;
  const CardId card = fixture.make_card(fixture.id, kVisa);
  const auto version = fixture.version(fixture.id);
  const auto after = change_card(fixture.vault, fixture.viewer(), card,
                                 looks({.nickname = "", .is_default = true, .order = 0}));
  REQUIRE(code_of(after) == "ok");
  CHECK(fixture.version(fixture.id) == version);
  CHECK(after->list_version == fixture.wallet(fixture.id).list_version);
}

TEST_CASE("change card: a card not visible to the viewer is card_not_found and nothing changes") {
  ViewFixture fixture;
  const CardId first = fixture.make_card(fixture.id, kVisa);
  const CardId second = fixture.make_card(fixture.id, kMastercard);
  const auto version = fixture.version(fixture.id);
  const Viewer viewer = fixture.viewer(first);
  const CardChange wanted{.nickname = "rent", .is_default = {}, .order = {}};
  CHECK(code_of(change_card(fixture.vault, viewer, second, looks(wanted))) == "card_not_found");
  CHECK(code_of(change_card(fixture.vault, viewer, first,
                            looks({.nickname = {}, .is_default = {}, .order = 2}))) ==
        "invalid_request");
  CHECK(fixture.version(fixture.id) == version);
}

TEST_CASE("change card: a token killed after its admission changes nothing") {
  ViewFixture fixture;
  const CardId card = fixture.make_card(fixture.id, kVisa);
  const Viewer viewer = fixture.viewer();
  REQUIRE(revoke_all_tokens(fixture.vault, fixture.id, fixture.actor));
  const auto version = fixture.version(fixture.id);
  CHECK(code_of(change_card(fixture.vault, viewer, card,
                            looks({.nickname = "rent", .is_default = {}, .order = {}}))) ==
        "token_revoked");
  CHECK(fixture.version(fixture.id) == version);
}

}  // namespace cardvault::test
