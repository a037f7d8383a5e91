#include "vault/lifecycle/seed_wallet.h"

#include "tests/vault/vault_fixture.h"

using namespace cardvault;
using namespace cardvault::test;

namespace {

const WalletId kWallet = id_of<WalletId>(1);
const DeviceId kPhone = id_of<DeviceId>(2);
const CardId kCard = id_of<CardId>(3);

NewCard card(std::string_view digits = kCmbDebit) {
  return {.pan = pan(digits), .channels = ChannelSet{Channel::alipay}, .id = kCard};
}

SeedWallet wanted() {
  SeedWallet seed;
  seed.wallet = {.subject = "user-1", .locale = "zh-CN", .id = kWallet};
  seed.devices.push_back({.name = "phone",
                          .fingerprint = SecretText(std::string_view("phone-1")),
                          .sim = SecretText(std::string_view("sim-1")),
                          .public_key = {},
                          .id = kPhone});
  seed.cards.push_back(card());
  seed.password = SecretText(kPassword);
  seed.gesture = SecretText(kGesture);
  return seed;
}

Result<Seeded> seed(const VaultFixture& fixture, const SeedWallet& what) {
  return seed_wallet(fixture.vault, {"seed"}, what);
}

/// "what how" of the only difference, otherwise empty.
std::string difference(const Result<Seeded>& seeded) {
  if (!seeded || seeded->differences.size() != 1) return "";
  return seeded->differences.front().what + " " + seeded->differences.front().how;
}

/// The id in the conflict error, otherwise empty.
std::string conflict(const Result<Seeded>& seeded) {
  if (seeded || reason_of(seeded) != "conflict") return "";
  return seeded.error().fields.front().field;
}

}  // namespace

TEST_CASE("seed: a seeded wallet has the given ids and unlocks") {
  VaultFixture fixture;
  const auto seeded = seed(fixture, wanted());
  REQUIRE(seeded.has_value());
  CHECK(seeded->added == 5);
  CHECK(seeded->present == 0);
  const Wallet wallet = fixture.wallet(kWallet);
  CHECK(wallet.id == kWallet);
  REQUIRE(wallet.cards.size() == 1);
  CHECK(wallet.cards.front().id == kCard);
  CHECK(wallet.cards.front().bank_code == "CMB");
  CHECK(wallet.cards.front().channels == ChannelSet{Channel::alipay});
  CHECK(fixture.try_unlock(kWallet, kPhone, kPassword).has_value());
  CHECK(fixture.try_unlock(kWallet, kPhone, kGesture, UnlockMethod::gesture).has_value());
  CHECK(check_audit_chain(fixture.vault, kWallet)->intact);
  CHECK(read_audit(fixture.vault, kWallet, 0, 1)->entries.front().actor == "seed");
}

TEST_CASE("seed: a second seed is a no-op and keeps the version of the record") {
  VaultFixture fixture;
  REQUIRE(seed(fixture, wanted()).has_value());
  const Wallet before = fixture.wallet(kWallet);
  const auto version = fixture.version(kWallet);
  const auto again = seed(fixture, wanted());
  REQUIRE(again.has_value());
  CHECK(again->added == 0);
  CHECK(again->present == 5);
  CHECK(again->differences.empty());
  CHECK(fixture.wallet(kWallet) == before);
  CHECK(fixture.version(kWallet) == version);
}

TEST_CASE("seed: the next seed completes one that stopped after any commit") {
  for (int last = 1; last <= 5; ++last) {
    VaultFixture fixture;
    fixture.store.before_commit = [&](const Commit&,
                                      int number) -> std::optional<Result<CommitOutcome>> {
      if (number < last) return std::nullopt;
      return HookedStore::unavailable();
    };
    CHECK(code_of(seed(fixture, wanted())) == "store_unavailable");
    fixture.store.reset();
    const auto finished = seed(fixture, wanted());
    REQUIRE(finished.has_value());
    CHECK(finished->added == static_cast<std::size_t>(6 - last));
    CHECK(finished->differences.empty());
    CHECK(fixture.wallet(kWallet).cards.size() == 1);
  }
}

TEST_CASE("seed: another thing under a given id is an error that names the id") {
  VaultFixture fixture;
  REQUIRE(seed(fixture, wanted()).has_value());
  const auto version = fixture.version(kWallet);
  SeedWallet other = wanted();
  other.wallet.subject = "user-2";
  CHECK(conflict(seed(fixture, other)) == kWallet.text());
  other = wanted();
  other.devices.front().fingerprint = SecretText(std::string_view("phone-2"));
  CHECK(conflict(seed(fixture, other)) == kPhone.text());
  other = wanted();
  other.devices.front().name = "tablet";
  CHECK(conflict(seed(fixture, other)) == kPhone.text());
  other = wanted();
  other.cards.front() = card(kVisa);
  CHECK(conflict(seed(fixture, other)) == kCard.text());
  CHECK(fixture.version(kWallet) == version);
}

TEST_CASE("seed: the same thing under another id is an error that names the given id") {
  VaultFixture fixture;
  REQUIRE(seed(fixture, wanted()).has_value());
  const auto version = fixture.version(kWallet);
  SeedWallet other = wanted();
  other.wallet.id = id_of<WalletId>(7);
  CHECK(conflict(seed(fixture, other)) == id_of<WalletId>(7).text());
  other = wanted();
  other.devices.front().id = id_of<DeviceId>(7);
  CHECK(conflict(seed(fixture, other)) == id_of<DeviceId>(7).text());
  other = wanted();
  other.cards.front().id = id_of<CardId>(7);
  CHECK(conflict(seed(fixture, other)) == id_of<CardId>(7).text());
  CHECK(fixture.version(kWallet) == version);
}

TEST_CASE("seed: changes by callers are reported and kept") {
  VaultFixture fixture;
  REQUIRE(seed(fixture, wanted()).has_value());
  const std::string wallet = kWallet.text();
  fixture.set_password(kWallet, "garden horse-71");
  CHECK(difference(seed(fixture, wanted())) == wallet + " password changed");
  CHECK(fixture.try_unlock(kWallet, kPhone, "garden horse-71").has_value());
  fixture.set_password(kWallet);

  const auto change = [&](const WalletUpdate& update) {
    REQUIRE(update_wallet(fixture.vault, kWallet, fixture.actor, update).has_value());
  };
  change({.state = {}, .locale = "en-GB"});
  CHECK(difference(seed(fixture, wanted())) == wallet + " locale changed");
  change({.state = WalletState::frozen, .locale = "zh-CN"});
  CHECK(difference(seed(fixture, wanted())) == wallet + " frozen");
  change({.state = WalletState::active, .locale = {}});

  REQUIRE(fixture.deregister(kWallet, kCard).has_value());
  CHECK(difference(seed(fixture, wanted())) == kCard.text() + " deregistered");
  CHECK(fixture.wallet(kWallet).cards.empty());
  change({.state = WalletState::closed, .locale = {}});
  CHECK(difference(seed(fixture, wanted())) == wallet + " closed");
}

TEST_CASE("seed: a removed device is added again and its old tokens stay dead") {
  VaultFixture fixture;
  REQUIRE(seed(fixture, wanted()).has_value());
  const IssuedToken token = fixture.list_token(kWallet, kPhone);
  REQUIRE(fixture.view(token).has_value());
  REQUIRE(unbind_device(fixture.vault, kWallet, fixture.actor, kPhone).has_value());
  const auto again = seed(fixture, wanted());
  REQUIRE(again.has_value());
  CHECK(again->added == 1);
  CHECK(code_of(fixture.view(token)) == "token_revoked");
  CHECK(fixture.view(fixture.list_token(kWallet, kPhone)).has_value());
}
