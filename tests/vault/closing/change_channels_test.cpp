#include "vault/closing/change_channels.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/vault/vault_fixture.h"

namespace cardvault::test {
namespace {

struct ChannelsFixture : VaultFixture {
  WalletId id = make_wallet();
  DeviceId device = make_device(id);
  CardId card = make_card(id, kCmbDebit, ChannelSet{Channel::alipay, Channel::wearable});

  [[nodiscard]] Result<Wallet> change(const ChannelChange& wanted) {
    return change_channels(vault, id, actor, card, wanted);
  }
  [[nodiscard]] Result<Wallet> change_as_viewer(ScopeSet scopes, const ChannelChange& wanted) {
    const auto issued = token(id, {.device = device, .scopes = scopes});
    REQUIRE(code_of(issued) == "ok");
    const auto viewer = view(*issued);
    REQUIRE(code_of(viewer) == "ok");
    return change_card(vault, *viewer, card, {.appearance = {}, .channels = wanted});
  }
};

}  // namespace

TEST_CASE("channels: closing a channel creates a closure and keeps the card and its number") {
  ChannelsFixture fixture;
  const auto after = fixture.change({.close = Channel::alipay});
  REQUIRE(code_of(after) == "ok");
  CHECK(after->find_card(fixture.card)->channels == ChannelSet{Channel::wearable});
  REQUIRE(after->deregistrations.size() == 1);
  const Deregistration& one = after->deregistrations.front();
  CHECK(one.extent == Extent::channel);
  CHECK(one.reason == "channel_closed");
  CHECK(one.find_closure(Channel::alipay) != nullptr);
  CHECK(fixture.inner->load_pan(fixture.id, fixture.card).value().has_value());
  CHECK(begin_tries(fixture.vault, fixture.id, fixture.clock.now() + Seconds{120})->due.size() ==
        1);
  CHECK(fixture.actions(fixture.id).back() == "card.channel_closed");
}

TEST_CASE("channels: closing a closed channel and opening an open one are no-ops") {
  ChannelsFixture fixture;
  const auto version = fixture.version(fixture.id);
  CHECK(code_of(fixture.change({.close = Channel::sms_bank})) == "ok");
  CHECK(code_of(fixture.change({.open = Channel::alipay})) == "ok");
  CHECK(fixture.version(fixture.id) == version);
}

TEST_CASE("channels: a list for a channel shows a card as long as it is open for it") {
  ChannelsFixture fixture;
  const auto of_channel = [&] {
    const auto issued = fixture.token(
        fixture.id,
        {.device = fixture.device, .scopes = {}, .channel = Channel::unionpay_quickpass});
    const auto viewer = fixture.view(*issued);
    REQUIRE(code_of(viewer) == "ok");
    return visible_cards(*viewer).size();
  };
  CHECK(of_channel() == 0);
  REQUIRE(code_of(fixture.change({.open = Channel::unionpay_quickpass})) == "ok");
  CHECK(of_channel() == 1);
  REQUIRE(code_of(fixture.change({.close = Channel::unionpay_quickpass})) == "ok");
  CHECK(of_channel() == 0);
}

TEST_CASE("channels: a channel that is not configured cannot be opened, at import or later") {
  ChannelsFixture fixture;
  const ChannelDirectory none;
  const WholeVault vault(
      {fixture.store, fixture.keyring, fixture.sealer, fixture.clock, fixture.random}, none,
      *fixture.deadlines, fixture.banks, fixture.gate);
  const auto opened =
      change_channels(vault, fixture.id, fixture.actor, fixture.card, {.open = Channel::sms_bank});
  CHECK(code_of(opened) == "invalid_request");
  CHECK(reason_of(opened) == "not_configured");
  const NewCard wanted{.pan = pan(kVisa), .channels = ChannelSet{Channel::alipay}};
  const auto imported = import_card(vault, fixture.id, fixture.actor, wanted, {},
                                    [](const Wallet&, const Card&) { return Answer{}; });
  CHECK(reason_of(imported) == "not_configured");
  CHECK(fixture.wallet(fixture.id).cards.size() == 1);
}

TEST_CASE("channels: a viewer needs the scope card:channels and one commit makes all changes") {
  ChannelsFixture fixture;
  CHECK(code_of(fixture.change_as_viewer(ScopeSet{Scope::cards_list},
                                         {.close = Channel::alipay})) == "insufficient_scope");
  const auto version = fixture.version(fixture.id);
  const auto after =
      fixture.change_as_viewer({Scope::cards_list, Scope::card_channels},
                               {.open = Channel::sms_bank, .close = Channel::alipay});
  REQUIRE(code_of(after) == "ok");
  CHECK(after->find_card(fixture.card)->channels ==
        ChannelSet{Channel::wearable, Channel::sms_bank});
  CHECK(fixture.version(fixture.id) == version + 1);
}

TEST_CASE("consent: a withdrawal for one channel closes only that channel on every card") {
  ChannelsFixture fixture;
  const CardId second = fixture.make_card(fixture.id, kVisa, ChannelSet{Channel::alipay});
  const CardId third = fixture.make_card(fixture.id, kMastercard, ChannelSet{Channel::sms_bank});
  const auto withdraw = [&](const std::optional<Idempotency>& key) {
    return withdraw_consent(fixture.vault, fixture.id, fixture.actor, Channel::alipay, key,
                            [](const std::vector<Deregistration>& made) {
                              return Answer{.body = std::to_string(made.size())};
                            });
  };
  const Idempotency key = idempotency("key");
  const auto made = withdraw(key);
  REQUIRE(code_of(made) == "ok");
  CHECK(made->body == "2");
  const Wallet wallet = fixture.wallet(fixture.id);
  CHECK(wallet.cards.size() == 3);
  CHECK(wallet.find_card(fixture.card)->channels == ChannelSet{Channel::wearable});
  CHECK(wallet.find_card(second)->channels == ChannelSet{});
  CHECK(wallet.find_card(third)->channels == ChannelSet{Channel::sms_bank});
  for (const Deregistration& one : wallet.deregistrations) {
    CHECK(one.reason == "consent_withdrawn");
    CHECK(one.extent == Extent::channel);
  }
  const auto version = fixture.version(fixture.id);
  CHECK(withdraw(key)->body == "2");
  CHECK(fixture.version(fixture.id) == version);
  CHECK(withdraw({})->body == "0");
  CHECK(fixture.actions(fixture.id).back() == "consent.withdrawn");
}

TEST_CASE("channels: deregistering a card also tells a closed channel that has not confirmed yet") {
  ChannelsFixture fixture;
  REQUIRE(fixture.change({.close = Channel::alipay}));
  const Deregistration one = fixture.ended(fixture.id, fixture.card);
  CHECK(one.find_closure(Channel::alipay) != nullptr);
  CHECK(one.find_closure(Channel::wearable) != nullptr);
  CHECK(begin_tries(fixture.vault, fixture.id, fixture.clock.now() + Seconds{120})->due.size() ==
        3);
}

TEST_CASE("channels: deregistering a card does not tell a closed channel again") {
  ChannelsFixture fixture;
  REQUIRE(fixture.change({.close = Channel::alipay}));
  const DeregistrationId first = fixture.wallet(fixture.id).deregistrations.front().id;
  const std::vector<TriedClosure> told{{.key = {fixture.id, first, Channel::alipay}}};
  REQUIRE(settle_closures(fixture.vault, fixture.id, {}, told));
  const Deregistration one = fixture.ended(fixture.id, fixture.card);
  REQUIRE(one.closures.size() == 1);
  CHECK(one.closures.front().channel == Channel::wearable);
}

TEST_CASE("channels: a token for one channel cannot open or close another") {
  ChannelsFixture fixture;
  const auto issued =
      fixture.token(fixture.id, {.device = fixture.device,
                                 .scopes = {Scope::cards_list, Scope::card_channels},
                                 .channel = Channel::alipay});
  REQUIRE(code_of(issued) == "ok");
  const auto change = [&](const ChannelChange& wanted) {
    const auto viewer = fixture.view(*issued);
    REQUIRE(code_of(viewer) == "ok");
    return code_of(
        change_card(fixture.vault, *viewer, fixture.card, {.appearance = {}, .channels = wanted}));
  };
  const auto version = fixture.version(fixture.id);
  CHECK(change({.close = Channel::wearable}) == "insufficient_scope");
  CHECK(change({.open = Channel::sms_bank}) == "insufficient_scope");
  CHECK(change({.open = Channel::sms_bank, .close = Channel::alipay}) == "insufficient_scope");
  CHECK(fixture.version(fixture.id) == version);
  CHECK(change({.close = Channel::alipay}) == "ok");
}

}  // namespace cardvault::test
