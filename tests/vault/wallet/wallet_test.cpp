#include "vault/wallet/wallet.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "tests/vault/vault_fixture.h"
#include "vault/access/wallet_access.h"
#include "vault/cards/wallet_cards.h"
#include "vault/closing/wallet_closures.h"
#include "vault/lifecycle/wallet_state.h"

namespace cardvault::test {
namespace {

const Time kStart{std::chrono::seconds{1'795'000'000}};

Card card(std::uint8_t number, ChannelSet channels = {}) {
  Card made;
  made.id = id_of<CardId>(number);
  made.fingerprint.value.fill(number);
  made.last4 = std::to_string(1000 + number);
  made.channels = channels;
  return made;
}

Device device(std::uint8_t number) {
  Device made;
  made.id = id_of<DeviceId>(number);
  made.fingerprint.fill(number);
  return made;
}

Credential credential(UnlockMethod method, std::uint8_t verifier = 7) {
  Credential made;
  made.method = method;
  made.verifier = {verifier};
  return made;
}

Status bind(Wallet& wallet, const Card& one) {
  return add_card(wallet, one, KeyedDigests({one.fingerprint}));
}

Status bind(Wallet& wallet, const Device& one) {
  return add_device(wallet, one,
                    [&](const Device& other) { return other.fingerprint == one.fingerprint; });
}

Wallet with_cards(std::uint8_t count) {
  Wallet wallet;
  for (std::uint8_t n = 1; n <= count; ++n) REQUIRE(code_of(bind(wallet, card(n))) == "ok");
  return wallet;
}

/// The numbers of the cards in list order, "12345".
std::string order_of(const Wallet& wallet) {
  std::string order;
  for (const Card& one : wallet.cards) order += std::to_string(one.id.bits().bytes[0]);
  return order;
}

std::vector<std::uint8_t> defaults_of(const Wallet& wallet) {
  std::vector<std::uint8_t> numbers;
  for (const Card& one : wallet.cards) {
    if (one.is_default) numbers.push_back(one.id.bits().bytes[0]);
  }
  return numbers;
}

Status move_card(Wallet& wallet, std::uint8_t number, std::uint32_t to) {
  return change_card(wallet, id_of<CardId>(number),
                     {.nickname = {}, .is_default = {}, .order = to});
}

Deregistration ending(std::uint8_t number) {
  Deregistration made;
  made.id = id_of<DeregistrationId>(number);
  made.card = id_of<CardId>(number);
  made.reason = "lost";
  made.requested_at = kStart;
  made.deadline = kStart + Seconds{7 * 24 * 3600};
  return made;
}

/// Checks that `change` fails with `code` and leaves the wallet unchanged.
template <class Change>
Error check_refused(Wallet& wallet, std::string_view code, Change change) {
  const Wallet before = wallet;
  const auto outcome = change();
  CHECK(code_of(outcome) == code);
  CHECK(wallet == before);
  return outcome ? Error{} : outcome.error();
}

void fail_try(Credential& credential, const DeviceId& device, std::uint8_t number) {
  const Charge charge{id_of<ChargeId>(number), device, kStart};
  REQUIRE(credential.begin_try(charge));
  (void)credential.fail_try(charge.id, kStart);
}

}  // namespace

TEST_CASE("wallet: the first card is the default and later ones are not") {
  const Wallet wallet = with_cards(3);
  CHECK(order_of(wallet) == "123");
  CHECK(defaults_of(wallet) == std::vector<std::uint8_t>{1});
}

TEST_CASE("wallet: the same card twice is refused with the id of the bound card") {
  Wallet wallet = with_cards(2);
  Card again = card(9);
  again.fingerprint = wallet.cards[1].fingerprint;
  const Error error =
      check_refused(wallet, "card_already_bound", [&] { return bind(wallet, again); });
  CHECK(error.existing_id == wallet.cards[1].id.text());
}

TEST_CASE("wallet: 50 cards fit and the 51st does not") {
  Wallet wallet = with_cards(50);
  check_refused(wallet, "limit_reached", [&] { return bind(wallet, card(51)); });
  const Error error =
      check_refused(wallet, "card_already_bound", [&] { return bind(wallet, card(50)); });
  CHECK(error.existing_id == id_of<CardId>(50).text());
}

TEST_CASE("wallet: a card moves up and down the list and the others keep their order") {
  Wallet wallet = with_cards(5);
  REQUIRE(code_of(move_card(wallet, 1, 3)) == "ok");
  CHECK(order_of(wallet) == "23415");
  REQUIRE(code_of(move_card(wallet, 5, 0)) == "ok");
  CHECK(order_of(wallet) == "52341");
  REQUIRE(code_of(move_card(wallet, 3, 4)) == "ok");
  CHECK(order_of(wallet) == "52413");
  REQUIRE(code_of(move_card(wallet, 3, 3)) == "ok");
  CHECK(order_of(wallet) == "52431");
  REQUIRE(code_of(move_card(wallet, 4, 2)) == "ok");
  CHECK(order_of(wallet) == "52431");
  CHECK(defaults_of(wallet) == std::vector<std::uint8_t>{1});
}

TEST_CASE("wallet: a place beyond the list, a false default and an unknown card change nothing") {
  Wallet wallet = with_cards(2);
  const auto first = id_of<CardId>(1);
  const auto change = [&](const CardId& id, const CardChange& wanted) {
    return [&wallet, id, wanted] { return change_card(wallet, id, wanted); };
  };
  Error error = check_refused(wallet, "invalid_request",
                              change(first, {.nickname = "a", .is_default = true, .order = 2}));
  REQUIRE(error.fields.size() == 1);
  CHECK(error.fields.front().field == "order");
  CHECK(error.fields.front().reason == "out_of_range");
  error = check_refused(wallet, "invalid_request",
                        change(first, {.nickname = "a", .is_default = false, .order = 1}));
  REQUIRE(error.fields.size() == 1);
  CHECK(error.fields.front().field == "is_default");
  CHECK(error.fields.front().reason == "not_allowed");
  check_refused(wallet, "card_not_found",
                change(id_of<CardId>(9), {.nickname = "a", .is_default = {}, .order = {}}));
}

TEST_CASE("wallet: exactly one card is the default") {
  Wallet wallet = with_cards(3);
  REQUIRE(code_of(change_card(wallet, id_of<CardId>(2),
                              {.nickname = "rent", .is_default = true, .order = 2})) == "ok");
  CHECK(order_of(wallet) == "132");
  CHECK(defaults_of(wallet) == std::vector<std::uint8_t>{2});
  CHECK(wallet.cards[2].nickname == "rent");
}

TEST_CASE("wallet: after the default card is deregistered the next in the list is the default") {
  Wallet wallet = with_cards(3);
  REQUIRE(code_of(end_card(wallet, ending(1))) == "ok");
  CHECK(order_of(wallet) == "23");
  CHECK(defaults_of(wallet) == std::vector<std::uint8_t>{2});
  REQUIRE(code_of(end_card(wallet, ending(3))) == "ok");
  CHECK(defaults_of(wallet) == std::vector<std::uint8_t>{2});
  REQUIRE(code_of(end_card(wallet, ending(2))) == "ok");
  CHECK(wallet.cards.empty());
  REQUIRE(code_of(bind(wallet, card(4))) == "ok");
  CHECK(defaults_of(wallet) == std::vector<std::uint8_t>{4});
}

TEST_CASE("wallet: a deregistration has one closure per channel of the card, due at once") {
  Wallet wallet;
  REQUIRE(code_of(bind(wallet, card(1, {Channel::alipay, Channel::sms_bank}))) == "ok");
  REQUIRE(code_of(bind(wallet, card(2))) == "ok");
  const auto made = end_card(wallet, ending(1));
  REQUIRE(code_of(made) == "ok");
  CHECK((*made)->last4 == "1001");
  CHECK((*made)->reason == "lost");
  REQUIRE((*made)->closures.size() == 2);
  CHECK((*made)->closures[0].channel == Channel::alipay);
  CHECK((*made)->closures[1].channel == Channel::sms_bank);
  for (const Closure& closure : (*made)->closures) {
    CHECK(closure.state == ClosureState::pending);
    CHECK(closure.next_attempt_at == kStart);
    CHECK_FALSE(closure.closed_at.has_value());
  }
  CHECK_FALSE((*made)->is_closed());
  CHECK(wallet.next_due() == kStart);
  CHECK(find_deregistration_of(wallet, id_of<CardId>(1)) == *made);
  CHECK(find_deregistration(wallet, id_of<DeregistrationId>(1)) == *made);
  CHECK(wallet.find_card(id_of<CardId>(1)) == nullptr);
  check_refused(wallet, "card_not_found", [&] { return end_card(wallet, ending(1)); });
}

TEST_CASE("wallet: the last 64 closed deregistrations and all open ones are kept") {
  Wallet wallet;
  Deregistration open = ending(200);
  open.closures.push_back({.channel = Channel::alipay, .state = ClosureState::pending});
  wallet.deregistrations.push_back(open);
  for (std::uint8_t n = 1; n <= 70; ++n) {
    REQUIRE(code_of(bind(wallet, card(n))) == "ok");
    const auto made = end_card(wallet, ending(n));
    REQUIRE(code_of(made) == "ok");
    CHECK((*made)->id == id_of<DeregistrationId>(n));
    forget_done_deregistrations(wallet);
  }
  CHECK(wallet.deregistrations.size() == 65);
  CHECK(find_deregistration(wallet, open.id) != nullptr);
  CHECK(find_deregistration(wallet, id_of<DeregistrationId>(6)) == nullptr);
  CHECK(find_deregistration(wallet, id_of<DeregistrationId>(7)) != nullptr);
}

TEST_CASE("wallet: deregistrations of channels are dropped before those of cards") {
  Wallet wallet;
  for (std::uint8_t n = 1; n <= 64; ++n) {
    wallet.deregistrations.push_back(ending(n));
    wallet.deregistrations.back().extent = n == 3 || n == 4 ? Extent::channel : Extent::card;
  }
  for (std::uint8_t n = 65; n <= 67; ++n) {
    wallet.deregistrations.push_back(ending(n));
    forget_done_deregistrations(wallet);
  }
  CHECK(wallet.deregistrations.size() == 64);
  CHECK(find_deregistration(wallet, id_of<DeregistrationId>(3)) == nullptr);
  CHECK(find_deregistration(wallet, id_of<DeregistrationId>(4)) == nullptr);
  CHECK(find_deregistration(wallet, id_of<DeregistrationId>(1)) == nullptr);
  CHECK(find_deregistration(wallet, id_of<DeregistrationId>(2)) != nullptr);
}

TEST_CASE("wallet: the list version rises with every change visible in a list") {
  Wallet wallet = with_cards(2);
  const auto rises = [&](auto change) {
    const auto before = wallet.list_version;
    change();
    return wallet.list_version > before;
  };
  const auto first = id_of<CardId>(1);
  CHECK(rises([&] { REQUIRE(bind(wallet, card(3))); }));
  CHECK(rises([&] { REQUIRE(move_card(wallet, 1, 2)); }));
  CHECK(rises([&] {
    REQUIRE(change_card(wallet, first, {.nickname = "rent", .is_default = {}, .order = {}}));
  }));
  CHECK(rises([&] {
    REQUIRE(
        change_card(wallet, id_of<CardId>(2), {.nickname = {}, .is_default = true, .order = {}}));
  }));
  CHECK(rises([&] { set_locale(wallet, "en-US"); }));
  CHECK(rises([&] { REQUIRE(end_card(wallet, ending(1))); }));
}

TEST_CASE("wallet: the list version is the same after every change not visible in a list") {
  Wallet wallet = with_cards(2);
  REQUIRE(bind(wallet, device(1)));
  const auto before = wallet.list_version;
  const auto first = id_of<CardId>(1);
  REQUIRE(bind(wallet, device(2)));
  REQUIRE(remove_device(wallet, id_of<DeviceId>(1)));
  put_credential(wallet, credential(UnlockMethod::gesture));
  REQUIRE(remove_credential(wallet, UnlockMethod::gesture));
  wallet.kill_all_tokens();
  revoke_token(wallet, id_of<TokenId>(1), kStart + Seconds{60}, kStart);
  set_locale(wallet, wallet.locale);
  CHECK_FALSE(bind(wallet, card(1)).has_value());
  CHECK_FALSE(move_card(wallet, 1, 9).has_value());
  CHECK(wallet.list_version == before);
  REQUIRE(change_card(wallet, first, {.nickname = "", .is_default = true, .order = 0}));
  REQUIRE(change_card(wallet, first, {.nickname = {}, .is_default = {}, .order = {}}));
  CHECK(wallet.list_version == before);
}

TEST_CASE("wallet: the same device twice is refused with its id and the 21st device is refused") {
  Wallet wallet;
  for (std::uint8_t n = 1; n <= 20; ++n) REQUIRE(code_of(bind(wallet, device(n))) == "ok");
  check_refused(wallet, "limit_reached", [&] { return bind(wallet, device(21)); });
  Device again = device(99);
  again.fingerprint = device(5).fingerprint;
  const Error error =
      check_refused(wallet, "device_already_bound", [&] { return bind(wallet, again); });
  CHECK(error.existing_id == id_of<DeviceId>(5).text());
}

TEST_CASE("wallet: unbinding a device drops its attempts and keeps those of others") {
  Wallet wallet;
  REQUIRE(bind(wallet, device(1)));
  REQUIRE(bind(wallet, device(2)));
  put_credential(wallet, credential(UnlockMethod::password));
  Credential* password = find_credential(wallet, UnlockMethod::password);
  for (std::uint8_t n = 1; n <= 2; ++n) {
    fail_try(*password, id_of<DeviceId>(n), n);
    REQUIRE(password->begin_try({id_of<ChargeId>(n), id_of<DeviceId>(n), kStart}));
  }
  REQUIRE(code_of(remove_device(wallet, id_of<DeviceId>(1))) == "ok");
  CHECK(find_device(wallet, id_of<DeviceId>(1)) == nullptr);
  REQUIRE(password->attempts.size() == 1);
  CHECK(password->attempts.front().device == id_of<DeviceId>(2));
  REQUIRE(password->in_flight.size() == 1);
  CHECK(password->in_flight.front().device == id_of<DeviceId>(2));
  CHECK(password->consecutive_failures == 2);
  check_refused(wallet, "device_not_found",
                [&] { return remove_device(wallet, id_of<DeviceId>(1)); });
}

TEST_CASE("wallet: the epoch rises exactly when all tokens must die") {
  Wallet wallet;
  const auto rises = [&](auto change) {
    const auto before = wallet.epoch;
    change();
    return wallet.epoch > before;
  };
  CHECK(rises([&] { wallet.kill_all_tokens(); }));
  CHECK(rises([&] { put_credential(wallet, credential(UnlockMethod::password)); }));
  CHECK(rises([&] { put_credential(wallet, credential(UnlockMethod::password, 8)); }));
  CHECK(rises([&] { REQUIRE(remove_credential(wallet, UnlockMethod::password)); }));
  CHECK(rises([&] { REQUIRE(set_frozen(wallet, true)); }));
  CHECK_FALSE(rises([&] { REQUIRE(set_frozen(wallet, true)); }));
  CHECK(rises([&] { REQUIRE(set_frozen(wallet, false)); }));
  CHECK_FALSE(rises([&] { REQUIRE(bind(wallet, card(1))); }));
  CHECK_FALSE(rises([&] { REQUIRE(bind(wallet, device(1))); }));
  CHECK_FALSE(rises([&] { REQUIRE(remove_device(wallet, id_of<DeviceId>(1))); }));
  CHECK_FALSE(rises([&] { REQUIRE(end_card(wallet, ending(1))); }));
  CHECK_FALSE(rises([&] { set_locale(wallet, "en"); }));
  CHECK_FALSE(
      rises([&] { revoke_token(wallet, id_of<TokenId>(1), kStart + Seconds{60}, kStart); }));
}

TEST_CASE("wallet: setting a credential again clears its failures and not those of the other") {
  Wallet wallet;
  put_credential(wallet, credential(UnlockMethod::password));
  put_credential(wallet, credential(UnlockMethod::gesture));
  for (const UnlockMethod method : kUnlockMethods) {
    find_credential(wallet, method)->consecutive_failures = kTriesBeforeVoid;
  }
  put_credential(wallet, credential(UnlockMethod::password, 8));
  CHECK(wallet.credentials.size() == 2);
  CHECK_FALSE(find_credential(wallet, UnlockMethod::password)->is_void());
  CHECK(find_credential(wallet, UnlockMethod::password)->verifier == Bytes{8});
  CHECK(find_credential(wallet, UnlockMethod::gesture)->is_void());
}

TEST_CASE("wallet: a credential that is not set cannot be removed") {
  Wallet wallet;
  put_credential(wallet, credential(UnlockMethod::gesture));
  check_refused(wallet, "credential_not_set",
                [&] { return remove_credential(wallet, UnlockMethod::password); });
}

TEST_CASE("wallet: the fallback is another method that this device can use now") {
  Wallet wallet;
  const auto phone = id_of<DeviceId>(1);
  const auto fallback = [&](Time now) {
    return unlock_fallbacks(wallet, UnlockMethod::gesture, phone, now);
  };
  put_credential(wallet, credential(UnlockMethod::gesture));
  CHECK(fallback(kStart).empty());
  put_credential(wallet, credential(UnlockMethod::password));
  CHECK(fallback(kStart) == std::vector<std::string>{"password"});
  Credential* password = find_credential(wallet, UnlockMethod::password);
  for (std::uint8_t n = 1; n <= 5; ++n) fail_try(*password, phone, n);
  CHECK(fallback(kStart).empty());
  CHECK(fallback(kStart + kLockTime) == std::vector<std::string>{"password"});
  CHECK(unlock_fallbacks(wallet, UnlockMethod::gesture, id_of<DeviceId>(2), kStart) ==
        std::vector<std::string>{"password"});
  password->consecutive_failures = kTriesBeforeVoid;
  CHECK(fallback(kStart + kLockTime).empty());
}

TEST_CASE("wallet: a revoked token is kept only until it expires") {
  Wallet wallet;
  revoke_token(wallet, id_of<TokenId>(1), kStart + Seconds{60}, kStart);
  CHECK(is_revoked(wallet, id_of<TokenId>(1)));
  CHECK_FALSE(is_revoked(wallet, id_of<TokenId>(2)));
  revoke_token(wallet, id_of<TokenId>(2), kStart + Seconds{90}, kStart + Seconds{59});
  CHECK(is_revoked(wallet, id_of<TokenId>(1)));
  revoke_token(wallet, id_of<TokenId>(3), kStart + Seconds{90}, kStart + Seconds{60});
  CHECK_FALSE(is_revoked(wallet, id_of<TokenId>(1)));
  CHECK(wallet.revoked_tokens.size() == 2);
  revoke_token(wallet, id_of<TokenId>(3), kStart + Seconds{90}, kStart + Seconds{60});
  CHECK(wallet.revoked_tokens.size() == 2);
}

TEST_CASE("wallet: the 65th revoked token kills all tokens") {
  Wallet wallet;
  const Time end = kStart + Seconds{60};
  for (std::uint8_t n = 1; n <= 64; ++n) revoke_token(wallet, id_of<TokenId>(n), end, kStart);
  CHECK(wallet.revoked_tokens.size() == 64);
  const auto epoch = wallet.epoch;
  revoke_token(wallet, id_of<TokenId>(64), end, kStart);
  CHECK(wallet.epoch == epoch);
  revoke_token(wallet, id_of<TokenId>(65), end, kStart);
  CHECK(wallet.epoch == epoch + 1);
  CHECK(wallet.revoked_tokens.empty());
}

TEST_CASE("wallet: a frozen wallet fails require_active and passes require_open") {
  Wallet wallet;
  CHECK(code_of(wallet.require_active()) == "ok");
  REQUIRE(set_frozen(wallet, true));
  CHECK(code_of(wallet.require_active()) == "wallet_frozen");
  CHECK(code_of(wallet.require_open()) == "ok");
  REQUIRE(set_frozen(wallet, false));
  CHECK(code_of(wallet.require_active()) == "ok");
}

TEST_CASE("wallet: a close removes devices, credentials and tokens and is final") {
  Wallet wallet;
  REQUIRE(bind(wallet, device(1)));
  put_credential(wallet, credential(UnlockMethod::password));
  const auto epoch = wallet.epoch;
  close_wallet(wallet);
  CHECK(wallet.devices.empty());
  CHECK(wallet.credentials.empty());
  CHECK(wallet.epoch > epoch);
  CHECK(code_of(wallet.require_active()) == "wallet_closed");
  check_refused(wallet, "wallet_closed", [&] { return set_frozen(wallet, false); });
  check_refused(wallet, "wallet_closed", [&] { return set_frozen(wallet, true); });
}

TEST_CASE("wallet: closing one channel keeps the card") {
  Wallet wallet;
  REQUIRE(bind(wallet, card(1, ChannelSet{Channel::alipay, Channel::sms_bank})));
  const auto version = wallet.list_version;
  const auto made = close_channel(wallet, ending(1), Channel::alipay);
  REQUIRE(code_of(made) == "ok");
  REQUIRE(*made != nullptr);
  CHECK((*made)->extent == Extent::channel);
  REQUIRE((*made)->closures.size() == 1);
  CHECK((*made)->closures.front().channel == Channel::alipay);
  CHECK(wallet.list_version > version);
  REQUIRE(wallet.cards.size() == 1);
  CHECK(wallet.cards.front().channels == ChannelSet{Channel::sms_bank});
  CHECK(find_deregistration_of(wallet, id_of<CardId>(1)) == nullptr);
}

TEST_CASE("wallet: closing a channel that the card does not have is a no-op") {
  Wallet wallet;
  REQUIRE(bind(wallet, card(1, ChannelSet{Channel::alipay})));
  const Wallet before = wallet;
  const auto made = close_channel(wallet, ending(1), Channel::wearable);
  REQUIRE(code_of(made) == "ok");
  CHECK(*made == nullptr);
  CHECK(wallet == before);
  check_refused(wallet, "card_not_found",
                [&] { return close_channel(wallet, ending(2), Channel::alipay); });
}

TEST_CASE("wallet: a channel cannot be opened again while its closure is open") {
  Wallet wallet;
  REQUIRE(bind(wallet, card(1, ChannelSet{Channel::alipay})));
  const auto made = close_channel(wallet, ending(1), Channel::alipay);
  REQUIRE(made);
  check_refused(wallet, "channel_closing",
                [&] { return open_channel(wallet, id_of<CardId>(1), Channel::alipay); });
  CHECK(code_of(open_channel(wallet, id_of<CardId>(1), Channel::wearable)) == "ok");
  find_deregistration(wallet, id_of<DeregistrationId>(1))
      ->find_closure(Channel::alipay)
      ->close(kStart, Digest{});
  CHECK(code_of(open_channel(wallet, id_of<CardId>(1), Channel::alipay)) == "ok");
  CHECK(wallet.cards.front().channels == ChannelSet{Channel::alipay, Channel::wearable});
  check_refused(wallet, "card_not_found",
                [&] { return open_channel(wallet, id_of<CardId>(9), Channel::alipay); });
}

TEST_CASE(
    "wallet: with 200 open deregistrations binding and opening fail and deregistering works") {
  Wallet wallet = with_cards(2);
  for (std::size_t n = 0; n < kMaxOpenDeregistrations; ++n) {
    Deregistration open = ending(100);
    open.closures.push_back({.channel = Channel::alipay, .next_attempt_at = kStart});
    wallet.deregistrations.push_back(open);
  }
  check_refused(wallet, "limit_reached", [&] { return bind(wallet, card(9)); });
  check_refused(wallet, "limit_reached",
                [&] { return open_channel(wallet, id_of<CardId>(1), Channel::wearable); });
  CHECK(code_of(end_card(wallet, ending(1))) == "ok");
  wallet.deregistrations.front().closures.front().close(kStart, Digest{});
  CHECK(code_of(bind(wallet, card(9))) == "ok");
}

}  // namespace cardvault::test
