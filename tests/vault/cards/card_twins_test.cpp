#include "vault/cards/card_twins.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "tests/vault/vault_fixture.h"
#include "vault/cards/card_display.h"

namespace cardvault::test {
namespace {

constexpr std::string_view kLast4 = "0048";

Card card(std::uint8_t number, Funding funding, std::string_view nickname = "",
          Scheme scheme = Scheme::unionpay) {
  Card made;
  made.id = id_of<CardId>(number);
  made.bound_at = Time{std::chrono::seconds{1'795'000'000 + number}};
  made.bank_code = "CMB";
  made.funding = funding;
  made.scheme = scheme;
  made.last4 = kLast4;
  made.nickname = nickname;
  return made;
}

/// The three texts of each card, by its id.
std::vector<std::vector<std::string>> written(const std::vector<Card>& cards,
                                              std::string_view locale) {
  const VaultFixture fixture;
  const CardTwins twins(cards);
  std::vector<std::vector<std::string>> all;
  for (const Card& one : cards) {
    const auto twin = twins.find(one);
    const Bank& bank = fixture.banks.bank(one.bank_code);
    all.push_back({masked_number(one, locale, twin), display_name(one, bank, locale, twin),
                   spoken_name(one, bank, locale, twin)});
  }
  return all;
}

void check_told_apart(const std::vector<Card>& cards) {
  for (const std::string_view locale : {"zh-CN", "en"}) {
    const auto all = written(cards, locale);
    for (std::size_t kind = 0; kind < 3; ++kind) {
      std::set<std::string> different;
      for (const auto& texts : all) different.insert(texts[kind]);
      CAPTURE(locale, kind, *different.begin());
      CHECK(different.size() == cards.size());
    }
  }
}

}  // namespace

TEST_CASE("twins: a card alone, of another bank or with other last four digits has no mark") {
  Card other_bank = card(2, Funding::debit);
  other_bank.bank_code = "ICBC";
  Card other_digits = card(3, Funding::debit);
  other_digits.last4 = "0049";
  const std::vector<Card> cards{card(1, Funding::debit), other_bank, other_digits};
  const CardTwins twins(cards);
  for (const Card& one : cards) CHECK_FALSE(twins.find(one).has_value());
  CHECK(written(cards, "zh-CN").front().front() == "**** **** **** 0048");
}

TEST_CASE("twins: a debit and a credit card of a bank differ by funding") {
  const std::vector<Card> cards{card(1, Funding::debit), card(2, Funding::credit)};
  check_told_apart(cards);
  const auto all = written(cards, "zh-CN");
  CHECK(all[0][0] == "**** **** **** 0048 · 储蓄卡");
  CHECK(all[0][1] == "招商银行 储蓄卡 (0048)");
  CHECK(all[1][0] == "**** **** **** 0048 · 信用卡");
}

TEST_CASE("twins: cards of one kind differ by scheme, then nickname, then order of binding") {
  const std::vector<Card> by_scheme{card(1, Funding::credit),
                                    card(2, Funding::credit, "", Scheme::visa)};
  check_told_apart(by_scheme);
  CHECK(written(by_scheme, "en")[1][1] == "China Merchants Bank credit card (0048) · Visa card");
  const std::vector<Card> by_nickname{card(1, Funding::debit, "工资卡"), card(2, Funding::debit)};
  check_told_apart(by_nickname);
  CHECK(written(by_nickname, "zh-CN")[0][1] == "招商银行 储蓄卡 (0048) · “工资卡”");
  const std::vector<Card> by_order{card(1, Funding::debit, "x"), card(2, Funding::debit, "x"),
                                   card(3, Funding::debit)};
  check_told_apart(by_order);
  CHECK(written(by_order, "zh-CN")[0][1] == "招商银行 储蓄卡 (0048)");
  CHECK(written(by_order, "zh-CN")[1][1] == "招商银行 储蓄卡 (0048) · 第2张");
  CHECK(written(by_order, "en")[1][2] == "China Merchants Bank debit card, ending in 0 0 4 8, 2nd");
  CHECK(written(by_order, "en")[2][1] == "China Merchants Bank debit card (0048) · 3rd");
}

TEST_CASE("twins: in a wallet of 50 equal or mixed cards no two have the same text") {
  std::vector<Card> alike;
  std::vector<Card> mixed;
  std::mt19937 dice(7);
  for (std::uint8_t i = 1; i <= 50; ++i) {
    alike.push_back(card(i, Funding::debit));
    mixed.push_back(card(i, static_cast<Funding>(dice() % 4), dice() % 2 == 0 ? "" : "card",
                         static_cast<Scheme>(dice() % 4)));
  }
  check_told_apart(alike);
  check_told_apart(mixed);
}

TEST_CASE("twins: a card keeps its name in any order of the list") {
  std::vector<Card> cards{card(1, Funding::debit), card(2, Funding::debit),
                          card(3, Funding::credit), card(4, Funding::debit, "", Scheme::visa)};
  const auto names_by_id = [&] {
    std::set<std::string> names;
    const auto all = written(cards, "en");
    for (std::size_t i = 0; i < cards.size(); ++i) names.insert(cards[i].id.text() + all[i][1]);
    return names;
  };
  const auto before = names_by_id();
  std::ranges::reverse(cards);
  CHECK(names_by_id() == before);
  std::ranges::rotate(cards, cards.begin() + 1);
  CHECK(names_by_id() == before);
}

}  // namespace cardvault::test
