#include "vault/cards/bind_card.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "tests/vault/vault_fixture.h"
#include "vault/wallet/binary.h"
#include "vault/wallet/codec.h"

namespace cardvault::test {
namespace {

/// The contents of a PAN record: layout, digits, holder name, phone.
std::vector<std::string> open_pan(VaultFixture& fixture, const WalletId& wallet,
                                  const CardId& card) {
  const auto record = fixture.inner->load_pan(wallet, card).value().value();
  const std::string owner = wallet.text();
  const std::string field = card.text();
  const auto plain =
      fixture.sealer.open_with_own_key(Purpose::pan_wrapping, {"pan", owner, field}, record);
  REQUIRE(code_of(plain) == "ok");
  BinaryReader in(*plain);
  CHECK(in.number() == 1);
  std::vector<std::string> texts{in.text(), in.text(), in.text()};
  CHECK(in.finished());
  return texts;
}

}  // namespace

TEST_CASE("import card: the wallet keeps the displayed data and the bank's view of the number") {
  VaultFixture fixture;
  const WalletId id = fixture.make_wallet();
  const ChannelSet channels{Channel::wechat_pay};
  const CardId card = fixture.make_card(id, kPabDebit, channels);
  const Wallet wallet = fixture.wallet(id);
  REQUIRE(wallet.cards.size() == 1);
  const Card& bound = wallet.cards.front();
  CHECK(bound.id == card);
  CHECK(bound.bank_code == "PAB");
  CHECK(bound.funding == Funding::debit);
  CHECK(bound.scheme == Scheme::unionpay);
  CHECK(bound.first6 == "621626");
  CHECK(bound.last4 == "0018");
  CHECK(bound.is_default);
  CHECK(bound.channels == channels);
  CHECK(bound.bound_at == fixture.clock.now());
  CHECK(fixture.actions(id).back() == "card.bound");
}

TEST_CASE("import card: the number is only in its own sealed record with holder and phone") {
  VaultFixture fixture;
  const WalletId id = fixture.make_wallet();
  const NewCard wanted{.pan = pan(kCmbDebit),
                       .holder_name = SecretText("王小明"),
                       .phone = SecretText("13800138000")};
  const auto answer =
      import_card(fixture.vault, id, fixture.actor, wanted, {},
                  [](const Wallet&, const Card& card) { return Answer{.body = card.id.text()}; });
  REQUIRE(code_of(answer) == "ok");
  const CardId card = CardId::parse(answer->body).value();
  CHECK(open_pan(fixture, id, card) ==
        std::vector<std::string>{std::string(kCmbDebit), "王小明", "13800138000"});
  const Bytes plain = encode_wallet(fixture.wallet(id));
  for (const std::string_view secret :
       {kCmbDebit, std::string_view("王小明"), std::string_view("13800138000")}) {
    CHECK(as_text(plain).find(secret) == std::string_view::npos);
  }
  const auto record = fixture.inner->load_pan(id, card).value().value();
  CHECK(as_text(record.bytes()).find(kCmbDebit) == std::string_view::npos);
}

TEST_CASE("import card: a PAN record moved to another card or wallet does not open") {
  VaultFixture fixture;
  const WalletId id = fixture.make_wallet("user-1");
  const WalletId other = fixture.make_wallet("user-2");
  const CardId card = fixture.make_card(id);
  const auto record = fixture.inner->load_pan(id, card).value().value();
  const auto open = [&](const WalletId& wallet, const CardId& of) {
    const std::string owner = wallet.text();
    const std::string field = of.text();
    return code_of(
        fixture.sealer.open_with_own_key(Purpose::pan_wrapping, {"pan", owner, field}, record));
  };
  CHECK(open(id, card) == "ok");
  CHECK(open(other, card) == "record_corrupt");
  CHECK(open(id, id_of<CardId>(9)) == "record_corrupt");
}

TEST_CASE("import card: the same number in another spelling is refused with the card's id") {
  VaultFixture fixture;
  const WalletId id = fixture.make_wallet();
  const CardId card = fixture.make_card(id, "6226090000000048");
  const auto version = fixture.version(id);
  const auto again = fixture.import(id, "6226-0900 0000-0048");
  REQUIRE(code_of(again) == "card_already_bound");
  CHECK(again.error().existing_id == card.text());
  CHECK(again.error().detail.find("6226") == std::string::npos);
  CHECK(fixture.version(id) == version);
}

TEST_CASE("import card: two wallets may bind the same number under one fingerprint") {
  VaultFixture fixture;
  const WalletId one = fixture.make_wallet("user-1");
  const WalletId two = fixture.make_wallet("user-2");
  (void)fixture.make_card(one);
  (void)fixture.make_card(two);
  const Digest fingerprint = fixture.wallet(one).cards.front().fingerprint.value;
  CHECK(fixture.wallet(two).cards.front().fingerprint.value == fingerprint);
  const auto found = fixture.inner->find({IndexKind::pan_fingerprint, fingerprint});
  REQUIRE(code_of(found) == "ok");
  CHECK(found->size() == 2);
}

TEST_CASE("import card: the 51st card is refused and the wallet is unchanged") {
  VaultFixture fixture;
  const WalletId id = fixture.make_wallet();
  for (int n = 0; n < 50; ++n) {
    REQUIRE(code_of(fixture.import(id, "62000000000000" + std::to_string(10 + n))) == "ok");
  }
  const auto before = fixture.wallet(id);
  const auto version = fixture.version(id);
  CHECK(code_of(fixture.import(id, "6200000000000099")) == "limit_reached");
  CHECK(fixture.version(id) == version);
  CHECK(fixture.wallet(id) == before);
}

TEST_CASE(
    "import card: a number without a profile is bound without a bank and its Luhn result is kept") {
  VaultFixture fixture;
  const WalletId id = fixture.make_wallet();
  (void)fixture.make_card(id, "6299999999999990");
  const Card card = fixture.wallet(id).cards.front();
  CHECK(card.bank_code.empty());
  CHECK(card.funding == Funding::unknown);
  CHECK(card.luhn_valid == pan("6299999999999990").luhn_valid());
}

TEST_CASE("import card: an unknown wallet is wallet_not_found and nothing is written") {
  VaultFixture fixture;
  fixture.store.reset();
  CHECK(code_of(fixture.import(id_of<WalletId>(9), kCmbDebit)) == "wallet_not_found");
  CHECK(fixture.store.commits == 0);
}

}  // namespace cardvault::test
