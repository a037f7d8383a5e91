#include "vault/cards/card_display.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "tests/vault/vault_fixture.h"

namespace cardvault::test {
namespace {

Card card_of(const BankCatalogue& banks, std::string_view digits) {
  const Pan number = pan(digits);
  const BinMatch match = banks.match(number);
  Card card;
  card.bank_code = match.bank_code;
  card.funding = match.funding;
  card.kind = match.kind;
  card.scheme = number.scheme();
  card.first6 = number.first6();
  card.last4 = number.last4();
  return card;
}

std::string digits_in(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (c >= '0' && c <= '9') digits += c;
  }
  return digits;
}

}  // namespace

TEST_CASE("card display: a list shows only the last four digits and hides the length") {
  const VaultFixture fixture;
  CHECK(masked_number(card_of(fixture.banks, kCmbDebit), "zh-CN") == "**** **** **** 0048");
  CHECK(masked_number(card_of(fixture.banks, kPabDebit), "en") == "**** **** **** 0018");
  CHECK(masked_number(card_of(fixture.banks, "378282246310005"), "") == "**** **** **** 0005");
}

TEST_CASE("card display: nothing shows more than the first six and the last four digits") {
  const VaultFixture fixture;
  for (const std::string_view digits : {kVisa, kMastercard, kCmbDebit, kPabDebit, kPabCredit}) {
    const Card card = card_of(fixture.banks, digits);
    const Bank& bank = fixture.banks.bank(card.bank_code);
    CAPTURE(digits);
    CHECK(masked_number_in_detail(card) == card.first6 + " **** " + card.last4);
    CHECK(digits_in(masked_number_in_detail(card)) == card.first6 + card.last4);
    for (const std::string_view locale : {"zh-CN", "en-US"}) {
      CHECK(digits_in(display_name(card, bank, locale)) == card.last4);
      CHECK(digits_in(spoken_name(card, bank, locale)) == card.last4);
    }
  }
}

TEST_CASE("card display: for fewer than 16 digits the detail shows only the last four") {
  const VaultFixture fixture;
  for (const std::string_view digits : {"378282246310005", "30569309025904", "4222222222222"}) {
    CAPTURE(digits);
    const Card card = card_of(fixture.banks, digits);
    CHECK(masked_number_in_detail(card) == "**** **** **** " + card.last4);
  }
}

TEST_CASE("card display: a name has bank, kind and last four in Chinese and in English") {
  const VaultFixture fixture;
  const auto shown = [&](std::string_view digits, std::string_view locale) {
    const Card card = card_of(fixture.banks, digits);
    return display_name(card, fixture.banks.bank(card.bank_code), locale);
  };
  CHECK(shown(kCmbDebit, "zh-CN") == "招商银行 储蓄卡 (0048)");
  CHECK(shown(kCmbDebit, "zh") == "招商银行 储蓄卡 (0048)");
  CHECK(shown(kCmbDebit, "en-GB") == "China Merchants Bank debit card (0048)");
  CHECK(shown(kHxbCredit, "zh-CN") == "华夏银行 信用卡 (0095)");
  CHECK(shown(kHxbCredit, "en") == "Hua Xia Bank credit card (0095)");
}

TEST_CASE("card display: a card of an unknown bank is named by its scheme") {
  const VaultFixture fixture;
  const Bank& unknown = fixture.banks.bank("");
  const auto shown = [&](std::string_view digits, std::string_view locale) {
    return display_name(card_of(fixture.banks, digits), unknown, locale);
  };
  CHECK(shown(kVisa, "zh-CN") == "未知银行 Visa 卡 (1111)");
  CHECK(shown(kVisa, "en") == "unknown bank Visa card (1111)");
  CHECK(shown("6299999999999999", "zh-CN") == "未知银行 银联卡 (9999)");
  CHECK(shown(kMastercard, "en") == "unknown bank Mastercard card (4444)");
  CHECK(shown("378282246310005", "en") == "unknown bank American Express card (0005)");
  CHECK(shown("3530111333300000", "en") == "unknown bank JCB card (0000)");
  CHECK(shown("30569309025904", "en") == "unknown bank Diners Club card (5904)");
  CHECK(shown("6011111111111117", "en") == "unknown bank Discover card (1117)");
  CHECK(shown("6759649826438453", "zh-CN") == "未知银行 Maestro 卡 (8453)");
  CHECK(shown("2201382000000013", "en") == "unknown bank Mir card (0013)");
  CHECK(shown("6074819900004939", "en") == "unknown bank RuPay card (4939)");
  CHECK(shown("6362970000457013", "en") == "unknown bank Elo card (7013)");
  CHECK(shown("9792030394440796", "en") == "unknown bank Troy card (0796)");
  CHECK(shown("6062826786276634", "en") == "unknown bank Hipercard card (6634)");
  CHECK(shown("5061460410120223210", "en") == "unknown bank Verve card (3210)");
  CHECK(shown("7000000000000005", "zh-CN") == "未知银行 银行卡 (0005)");
}

TEST_CASE("card display: prepaid and social security cards have their own words") {
  const VaultFixture fixture;
  Card card = card_of(fixture.banks, kCmbDebit);
  const Bank& bank = fixture.banks.bank("CMB");
  card.funding = Funding::prepaid;
  CHECK(display_name(card, bank, "zh-CN") == "招商银行 预付卡 (0048)");
  CHECK(display_name(card, bank, "en") == "China Merchants Bank prepaid card (0048)");
  card.kind = CardVariety::social_security;
  CHECK(display_name(card, bank, "zh-CN") == "招商银行 社保卡 (0048)");
  CHECK(display_name(card, bank, "en") == "China Merchants Bank social security card (0048)");
}

TEST_CASE("card display: a screen reader gets the last four digits one by one") {
  const VaultFixture fixture;
  const Card card = card_of(fixture.banks, kCmbDebit);
  const Bank& bank = fixture.banks.bank("CMB");
  CHECK(spoken_name(card, bank, "zh-CN") == "招商银行储蓄卡，尾号 0 0 4 8");
  CHECK(spoken_name(card, bank, "en") == "China Merchants Bank debit card, ending in 0 0 4 8");
}

}  // namespace cardvault::test
