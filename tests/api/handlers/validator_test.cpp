#include "api/handlers/validator.h"

#include <catch2/catch_test_macros.hpp>
#include <functional>
#include <vector>

#include "api/json/render.h"
#include "base/manual_clock.h"
#include "crypto/keys/error_codes.h"
#include "crypto/random.h"
#include "vault/cards/bank_catalogue.h"

using namespace cardvault;
using namespace cardvault::api;

namespace {

constexpr Time kNow{Seconds{1'795'420'800}};

template <class AnyId>
AnyId id_of(std::uint8_t number) {
  IdBits bits;
  bits.bytes.fill(number);
  return AnyId(bits);
}

BankCatalogue bank_named(const std::string& name) {
  BankCatalogue banks;
  REQUIRE(banks.add(R"({"code":"A","name":{"zh":")" + name + R"(","en":"A"},"bins":[]})"));
  return banks;
}

/// The inputs of a card list. Two wallets made alike differ only in their ids.
struct Look {
  Viewer viewer;
  BankCatalogue banks = bank_named("甲");

  Look() {
    viewer.wallet.id = id_of<WalletId>(1);
    viewer.claims.scopes = {Scope::cards_list};
    Card card;
    card.id = id_of<CardId>(7);
    card.bank_code = "A";
    card.last4 = "1111";
    card.first6 = "411111";
    card.channels = {Channel::wechat_pay, Channel::alipay};
    viewer.wallet.cards.push_back(card);
  }

  [[nodiscard]] std::string body() const {
    return render_card_list(viewer.wallet, visible_cards(viewer), banks);
  }
};

/// The keyring of one process of a vault.
struct Keys {
  SystemRandom random;
  FixedClock clock{kNow};
  LiveKeyring keyring{Keyring::generate(kNow, random), clock};

  [[nodiscard]] std::string tag(const Look& look) const {
    return validator_of(keyring, look.viewer, look.body()).value();
  }
};

/// Each changes one selector of the answer. Some leave the body as it is.
const std::vector<std::function<void(Look&)>> kChanges{
    [](Look&) {},
    [](Look& look) { look.viewer.wallet.id = id_of<WalletId>(2); },
    [](Look& look) { look.viewer.claims.channel = Channel::wechat_pay; },
    [](Look& look) { look.viewer.claims.channel = Channel::alipay; },
    [](Look& look) { look.viewer.claims.card = id_of<CardId>(7); },
    [](Look& look) { look.viewer.claims.card = id_of<CardId>(8); },
    [](Look& look) { look.viewer.claims.scopes = {Scope::cards_list, Scope::card_deregister}; },
    [](Look& look) { look.viewer.wallet.locale = "en-GB"; },
    [](Look& look) { look.viewer.wallet.locale = "en-US"; },
    [](Look& look) { look.banks = bank_named("乙"); },
    [](Look& look) { look.viewer.wallet.list_version = 2; },
    [](Look& look) { look.viewer.wallet.cards.front().nickname = "pay"; },
};

}  // namespace

TEST_CASE("validator: lists that differ in any selector have different tags") {
  const Keys vault;
  for (std::size_t i = 0; i < kChanges.size(); ++i) {
    for (std::size_t j = i + 1; j < kChanges.size(); ++j) {
      Look one;
      Look other;
      kChanges[i](one);
      kChanges[j](other);
      INFO(i << " and " << j);
      CHECK(vault.tag(one) != vault.tag(other));
    }
  }
}

TEST_CASE("validator: all processes of a vault make the same tag and another vault makes another") {
  Keys vault;
  const LiveKeyring second(vault.keyring.snapshot()->clone(), vault.clock);
  const Keys stranger;
  const Look look;
  CHECK(vault.tag(look) == vault.tag(Look()));
  CHECK(vault.tag(look) == validator_of(second, look.viewer, look.body()).value());
  CHECK(vault.tag(look) != stranger.tag(look));
}

TEST_CASE("validator: a rotation of its key changes the tag and a sealed vault has no tag") {
  Keys vault;
  const Look look;
  const std::string before = vault.tag(look);
  Keyring next = vault.keyring.snapshot()->clone();
  next.promote(next.add(Purpose::request_digest, kNow, vault.random).value(), kNow);
  vault.keyring.install(std::move(next));
  CHECK(vault.tag(look) != before);
  vault.keyring.close();
  CHECK(validator_of(vault.keyring, look.viewer, look.body()).error().code ==
        KeyError::vault_sealed);
}

TEST_CASE("validator: a tag is 24 characters in quotes and matches itself") {
  const Keys vault;
  const std::string tag = vault.tag(Look());
  CHECK(tag.size() == 26);
  CHECK(tag.front() == '"');
  CHECK(tag.back() == '"');
  CHECK(lists_tag(tag, tag));
}

TEST_CASE("If-None-Match: the field is a list of strong or weak entity tags or a star") {
  const std::string tag = "\"abc\"";
  for (const char* matching :
       {"\"abc\"", "W/\"abc\"", " \"abc\" ", "\"x\", \"abc\"", "\"x\",W/\"abc\",\"y\"",
        ", ,\"abc\",", "*", " * ", "\"a,b\", \"abc\""}) {
    INFO(matching);
    CHECK(lists_tag(matching, tag));
  }
  for (const char* other :
       {"", "\"ab\"", "abc", "\"xabc\"", "w/\"abc\"", "\"x\" \"abc\"", "\"abc", "**", "*, \"x\"",
        "\"x, \"abc\"", "\"a\"abc\"\"", "\"abc\" x", "W/ \"abc\"", "\"x\t\", \"abc\""}) {
    INFO(other);
    CHECK_FALSE(lists_tag(other, tag));
  }
}
