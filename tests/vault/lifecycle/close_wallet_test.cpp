#include <catch2/catch_test_macros.hpp>

#include "tests/vault/vault_fixture.h"
#include "vault/change/pan_record.h"
#include "vault/closing/wallet_closures.h"

namespace cardvault::test {
namespace {

struct CloseFixture : VaultFixture {
  WalletId id = make_wallet();
  DeviceId device = make_device(id);
  CardId first = make_card(id, kCmbDebit, ChannelSet{Channel::alipay});
  CardId second = make_card(id, kVisa, ChannelSet{Channel::wearable, Channel::sms_bank});

  [[nodiscard]] Result<Wallet> close(const WalletId& which) {
    return update_wallet(vault, which, actor,
                         {.state = WalletState::closed, .locale = {}, .reason = "left"});
  }
  [[nodiscard]] std::size_t holders(std::string_view digits) {
    const auto print = pan_fingerprints(vault, pan(digits)).value().current().value;
    return inner->find({IndexKind::pan_fingerprint, print}).value().size();
  }
};

}  // namespace

TEST_CASE(
    "close wallet: one commit deregisters every card and removes devices, credentials and tokens") {
  CloseFixture fixture;
  fixture.set_gesture(fixture.id);
  const auto issued = fixture.list_token(fixture.id, fixture.device);
  const auto version = fixture.version(fixture.id);
  REQUIRE(code_of(fixture.close(fixture.id)) == "ok");
  CHECK(fixture.version(fixture.id) == version + 1);
  const Wallet wallet = fixture.wallet(fixture.id);
  CHECK(wallet.state == WalletState::closed);
  CHECK(wallet.cards.empty());
  CHECK(wallet.devices.empty());
  CHECK(wallet.credentials.empty());
  REQUIRE(wallet.deregistrations.size() == 2);
  for (const Deregistration& one : wallet.deregistrations) CHECK(one.reason == "left");
  CHECK(begin_tries(fixture.vault, fixture.id, fixture.clock.now() + Seconds{120})->due.size() ==
        3);
  CHECK_FALSE(fixture.inner->load_pan(fixture.id, fixture.first).value().has_value());
  CHECK_FALSE(fixture.inner->load_pan(fixture.id, fixture.second).value().has_value());
  CHECK(fixture.holders(kCmbDebit) == 0);
  CHECK(code_of(fixture.view(issued)) == "token_revoked");
}

TEST_CASE("close wallet: a second close is a no-op and other changes are refused") {
  CloseFixture fixture;
  REQUIRE(fixture.close(fixture.id));
  const auto version = fixture.version(fixture.id);
  CHECK(code_of(fixture.close(fixture.id)) == "ok");
  CHECK(code_of(update_wallet(fixture.vault, fixture.id, fixture.actor,
                              {.state = WalletState::active, .locale = {}})) == "wallet_closed");
  CHECK(code_of(fixture.import(fixture.id, kMastercard)) == "wallet_closed");
  CHECK(code_of(fixture.bind(fixture.id, "phone-2")) == "wallet_closed");
  CHECK(code_of(fixture.try_unlock(fixture.id, fixture.device, kPassword)) == "wallet_closed");
  CHECK(code_of(set_credential(fixture.vault, fixture.id, fixture.actor, UnlockMethod::gesture,
                               SecretText(kGesture))) == "wallet_closed");
  CHECK(code_of(fixture.deregister(fixture.id, fixture.first)) == "ok");
  CHECK(fixture.version(fixture.id) == version);
}

TEST_CASE("close wallet: the subject may get a new wallet and the old one stays readable") {
  CloseFixture fixture;
  REQUIRE(fixture.close(fixture.id));
  const WalletId anew = fixture.make_wallet();
  CHECK(anew != fixture.id);
  CHECK(code_of(fixture.import(anew, kCmbDebit)) == "ok");
  CHECK(list_deregistrations(fixture.vault, fixture.id)->size() == 2);
}

TEST_CASE("close wallet: a frozen wallet can be closed") {
  CloseFixture fixture;
  REQUIRE(update_wallet(fixture.vault, fixture.id, fixture.actor,
                        {.state = WalletState::frozen, .locale = {}}));
  CHECK(code_of(fixture.close(fixture.id)) == "ok");
}

TEST_CASE(
    "bank cancels a card: every wallet that holds the card deregisters it and others are "
    "unchanged") {
  CloseFixture fixture;
  const WalletId other = fixture.make_wallet("user-2");
  const CardId theirs = fixture.make_card(other, kCmbDebit, ChannelSet{Channel::alipay});
  const WalletId frozen = fixture.make_wallet("user-3");
  (void)fixture.make_card(frozen, kCmbDebit);
  REQUIRE(update_wallet(fixture.vault, frozen, fixture.actor,
                        {.state = WalletState::frozen, .locale = {}}));
  const auto cancel = [&] {
    return cancel_card_everywhere(fixture.vault, {"client:bank"},
                                  {.pan = pan(kCmbDebit), .reason = "bank_cancelled"});
  };
  CHECK(*cancel() == 3);
  CHECK(fixture.wallet(fixture.id).cards.size() == 1);
  CHECK(fixture.wallet(other).cards.empty());
  CHECK(fixture.wallet(frozen).cards.empty());
  CHECK(find_deregistration_of(fixture.wallet(other), theirs)->reason == "bank_cancelled");
  CHECK(fixture.holders(kCmbDebit) == 0);
  CHECK(fixture.holders(kVisa) == 1);
  CHECK(*cancel() == 0);
}

TEST_CASE("bank cancels a card: an event older than a bind does not concern that card") {
  CloseFixture fixture;
  const auto cancel = [&](Time occurred_at) {
    return *cancel_card_everywhere(
        fixture.vault, fixture.actor,
        {.pan = pan(kCmbDebit), .reason = "bank_cancelled", .occurred_at = occurred_at});
  };
  CHECK(cancel(fixture.clock.now() - Seconds{1}) == 0);
  CHECK(fixture.holders(kCmbDebit) == 1);
  CHECK(cancel(fixture.clock.now()) == 1);
}

TEST_CASE(
    "bank cancels a card: after a store failure the repeated event ends the remaining cards") {
  CloseFixture fixture;
  const WalletId other = fixture.make_wallet("user-2");
  (void)fixture.make_card(other, kCmbDebit);
  const auto cancel = [&] {
    return cancel_card_everywhere(fixture.vault, fixture.actor,
                                  {.pan = pan(kCmbDebit), .reason = "bank_cancelled"});
  };
  fixture.store.reset();
  fixture.store.before_commit = [](const Commit&, int n) -> std::optional<Result<CommitOutcome>> {
    if (n == 1) return Result<CommitOutcome>(HookedStore::unavailable());
    return std::nullopt;
  };
  CHECK(code_of(cancel()) == "store_unavailable");
  CHECK(fixture.holders(kCmbDebit) == 1);
  fixture.store.reset();
  CHECK(*cancel() == 1);
  CHECK(fixture.holders(kCmbDebit) == 0);
}

}  // namespace cardvault::test
