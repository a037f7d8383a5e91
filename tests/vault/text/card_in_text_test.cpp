#include "vault/text/card_in_text.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <set>
#include <string>
#include <vector>

#include "tests/vault/text/card_texts.h"

namespace cardvault::test {
namespace {

std::vector<std::string> those(const std::vector<std::string>& texts, bool held) {
  std::vector<std::string> found;
  std::ranges::copy_if(texts, std::back_inserter(found),
                       [&](const std::string& text) { return holds_card_number(text) == held; });
  return found;
}

std::string lines(const std::vector<std::string>& texts) {
  std::string all = std::to_string(texts.size()) + ":";
  for (const std::string& text : texts) all += "\n  " + text;
  return all;
}

}  // namespace

TEST_CASE("card in a text: of 1,000 texts that hide a number all are detected") {
  const auto texts = texts_with_card();
  REQUIRE(texts.size() == 1000);
  const auto missed = those(texts, false);
  INFO("missed " << lines(missed));
  CHECK(missed.empty());
}

TEST_CASE("card in a text: of 1,000 texts without a number at most four are refused") {
  const auto texts = texts_without_card();
  REQUIRE(texts.size() == 1000);
  const auto refused = those(texts, true);
  INFO("refused " << lines(refused));
  CHECK(refused.size() <= 4);
}

TEST_CASE("card in a text: every text of the hand-made lists is judged correctly") {
  auto with = texts_with_card();
  auto without = texts_without_card();
  with.resize(kept_with_card());
  without.resize(kept_without_card());
  CHECK(std::set<std::string>(with.begin(), with.end()).size() >= 100);
  CHECK(std::set<std::string>(without.begin(), without.end()).size() >= 100);
  const auto missed = those(with, false);
  const auto refused = those(without, true);
  INFO("missed " << lines(missed) << "\nrefused " << lines(refused));
  CHECK(missed.empty());
  CHECK(refused.empty());
}

TEST_CASE(
    "card in a text: a number without a scheme counts only if grouped and with a right check "
    "digit") {
  CHECK(holds_card_number("7000 0000 0000 0005"));
  CHECK_FALSE(holds_card_number("7000000000000005"));
  CHECK_FALSE(holds_card_number("7000 0000 0000 0004"));
}

TEST_CASE("card in a text: UnionPay numbers under 16 digits count only if they pass Luhn") {
  CHECK(holds_card_number("620000000000000"));
  CHECK_FALSE(holds_card_number("620000000000004"));
  CHECK(holds_card_number("6200000000000004"));
  CHECK(holds_card_number("8100000000000001"));
}

TEST_CASE("card in a text: after a plus a number counts only with every sign of a card") {
  CHECK_FALSE(holds_card_number("+378282246310005"));
  CHECK(holds_card_number("+3782 822463 10005"));
  CHECK(holds_card_number("＋4111111111111111"));
}

TEST_CASE("card in a text: a valid IBAN is no card number") {
  for (const char* iban :
       {"DE89 3704 0044 0532 0130 00", "DE89370400440532013000", "GB29 NWBK 6016 1331 9268 19",
        "FR14 2004 1010 0505 0001 3M02 606", "DE31 5432 1000 4111 1111 11"}) {
    CAPTURE(iban);
    CHECK_FALSE(holds_card_number(iban));
  }
  CHECK(holds_card_number("DE89 4111 1111 1111 1111"));
  CHECK(holds_card_number("DE89 3704 0044 0532 0130 00, 4111111111111111"));
}

TEST_CASE("card in a text: a hexadecimal digest is no card number") {
  CHECK_FALSE(holds_card_number("4111111111111111abcdef0123456789"));
  CHECK_FALSE(holds_card_number("sha256:" + std::string(24, 'b') + "4111111111111111" +
                                std::string(24, 'a')));
  CHECK(holds_card_number("4111111111111111abcdef012345678"));
  CHECK(holds_card_number("abcdef 4111111111111111 abcdef"));
}

TEST_CASE("card in a text: twelve digits are no card number") {
  CHECK_FALSE(holds_card_number("500000000009"));
  CHECK_FALSE(holds_card_number("5000 0000 0009"));
}

TEST_CASE(
    "card in a text: neighbouring numbers with the same separator do not hide a card number") {
  CHECK(holds_card_number("89 6221 5588 1234 0000"));
  CHECK(holds_card_number("89 37 4111 1111 1111 1111 13 00"));
  CHECK(holds_card_number("2026 4111111111111111 2026"));
  CHECK(holds_card_number("12 3782 822463 10005 12"));
}

TEST_CASE("card in a text: malformed UTF-8 and long rows of digits are read to the end") {
  CHECK(holds_card_number("\xff\xfe 4111111111111111"));
  CHECK_FALSE(holds_card_number(std::string(65'536, '7')));
  CHECK(holds_card_number(std::string(65'536, ' ') + "4111111111111111"));
  std::string ones;
  while (ones.size() < 65'536) ones += "1 ";
  CHECK_FALSE(holds_card_number(ones));
}

}  // namespace cardvault::test
