#include "vault/cards/bank_catalogue.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <string>

#include "tests/vault/vault_fixture.h"

namespace cardvault::test {
namespace {

std::string profile(std::string_view code, std::string_view bins) {
  return R"({"code":")" + std::string(code) +
         R"(","name":{"zh":"某银行","en":"Some Bank"},"bins":[)" + std::string(bins) + "]}";
}

std::string bin(std::string_view prefix, std::string_view lengths = "16",
                std::string_view rest = R"("funding":"debit")") {
  return R"({"prefix":")" + std::string(prefix) + R"(","lengths":[)" + std::string(lengths) + "]," +
         std::string(rest) + "}";
}

}  // namespace

TEST_CASE("bank catalogue: the shipped profiles load and match UnionPay's test numbers") {
  const VaultFixture fixture;
  const auto [digits, code, funding] = GENERATE(table<std::string_view, std::string, Funding>({
      {kCmbDebit, "CMB", Funding::debit},
      {kPabCredit, "PAB", Funding::credit},
      {kPabDebit, "PAB", Funding::debit},
      {kHxbCredit, "HXB", Funding::credit},
  }));
  CAPTURE(digits);
  const BinMatch match = fixture.banks.match(pan(digits));
  CHECK(match.bank_code == code);
  CHECK(match.funding == funding);
  CHECK(match.kind == CardVariety::standard);
  CHECK(fixture.banks.bank(code).code == code);
}

TEST_CASE("bank catalogue: the longest prefix wins in any order of documents") {
  BankCatalogue banks;
  REQUIRE(code_of(banks.add(profile("LONG", bin("62260912")))) == "ok");
  REQUIRE(code_of(banks.add(profile("SHORT", bin("6226")))) == "ok");
  REQUIRE(code_of(banks.add(profile("MIDDLE", bin("622609")))) == "ok");
  CHECK(banks.match(pan("6226091200000000")).bank_code == "LONG");
  CHECK(banks.match(pan("6226091300000000")).bank_code == "MIDDLE");
  CHECK(banks.match(pan("6226101300000000")).bank_code == "SHORT");
  CHECK(banks.match(pan("6227101300000000")).bank_code.empty());
}

TEST_CASE("bank catalogue: a number of another length matches the next shorter prefix") {
  BankCatalogue banks;
  REQUIRE(code_of(banks.add(profile("A", bin("622609", "16")))) == "ok");
  REQUIRE(code_of(banks.add(profile("B", bin("6226", "16,19", R"("funding":"credit")")))) == "ok");
  CHECK(banks.match(pan("6226090000000000000")).bank_code == "B");
  CHECK(banks.match(pan("6226090000000000000")).funding == Funding::credit);
  CHECK(banks.match(pan("62260900000000000")).bank_code.empty());
  CHECK(banks.match(pan("62260900000000000")).funding == Funding::unknown);
}

TEST_CASE("bank catalogue: funding and kind come from the prefix") {
  BankCatalogue banks;
  REQUIRE(code_of(banks.add(
              profile("A", bin("621700", "19", R"("funding":"debit","kind":"social_security")") +
                               "," + bin("620520", "19", R"("funding":"prepaid")")))) == "ok");
  CHECK(banks.match(pan("6217000000000000000")).kind == CardVariety::social_security);
  CHECK(banks.match(pan("6205200000000000000")).funding == Funding::prepaid);
  CHECK(banks.match(pan("6205200000000000000")).kind == CardVariety::standard);
}

TEST_CASE("bank catalogue: a malformed profile is refused and adds nothing") {
  BankCatalogue banks;
  const std::string document = GENERATE(
      std::string("[]"), std::string("{}"), std::string(R"({"code":"A","bins":[]})"),
      std::string(R"({"code":"A","name":"A","bins":[]})"),
      std::string(R"({"code":7,"name":{"zh":"a","en":"a"},"bins":[]})"),
      std::string(R"({"code":"A","name":{"zh":"a","en":"a"}})"), profile("A", "7"),
      profile("A", bin("622609") + "," + bin("622")),
      profile("A", bin("622609") + "," + bin("622609123")),
      profile("A", bin("622609") + "," + bin("62260x")),
      profile("A", bin("622609") + "," + bin("622610", "")),
      profile("A", bin("622609") + "," + bin("622610", "11,20")),
      profile("A", bin("622609") + "," + bin("622610", "\"16\"")),
      profile("A", bin("622609") + "," + bin("622610", "16", R"("funding":"charge")")),
      profile("A", bin("622609") + "," + bin("622610", "16", R"("funding":"debit","kind":"x")")),
      profile("A", bin("622609") + "," + R"({"prefix":"622610","funding":"debit"})"),
      profile("A", bin("622609") + "," + bin("622609")));
  CAPTURE(document);
  const auto added = banks.add(document);
  CHECK(code_of(added) == "invalid_request");
  CHECK_FALSE(added.has_value());
  if (!added) CHECK(added.error().detail.starts_with("bank profile: "));
  CHECK(banks.bank("A").code == "UNKNOWN");
  CHECK(banks.match(pan(kCmbDebit)).bank_code.empty());
}

TEST_CASE("bank catalogue: anything but one JSON text is malformed_json") {
  BankCatalogue banks;
  const std::string good = profile("A", bin("622609"));
  for (const std::string& text : {std::string(""), std::string("not json"), "\xef\xbb\xbf" + good,
                                  good + std::string(1, '\0') + "{}"}) {
    const auto added = banks.add(text);
    REQUIRE(code_of(added) == "malformed_json");
    CHECK(added.error().detail.starts_with("bank profile: "));
  }
  CHECK(banks.bank("A").code == "UNKNOWN");
}

TEST_CASE("bank catalogue: a repeated bank and a prefix of another bank are refused") {
  BankCatalogue banks;
  REQUIRE(code_of(banks.add(profile("A", bin("622609")))) == "ok");
  const auto taken = banks.add(profile("B", bin("622700") + "," + bin("622609")));
  REQUIRE(code_of(taken) == "invalid_request");
  CHECK(taken.error().detail.find("622609 belongs to A") != std::string::npos);
  const auto twice = banks.add(profile("A", bin("622800")));
  REQUIRE(code_of(twice) == "invalid_request");
  CHECK(twice.error().detail.find("twice") != std::string::npos);
  CHECK(banks.match(pan("6227000000000000")).bank_code.empty());
  CHECK(banks.match(pan("6228000000000000")).bank_code.empty());
  CHECK(banks.match(pan(kCmbDebit)).bank_code == "A");
}

TEST_CASE("bank catalogue: an unknown code gives the unknown bank with a display name") {
  const BankCatalogue banks;
  for (const std::string_view code : {"", "CMB", "UNKNOWN"}) {
    CHECK(banks.bank(code).code == "UNKNOWN");
    CHECK(banks.bank(code).name_zh == "未知银行");
    CHECK(banks.bank(code).name_en == "unknown bank");
  }
}

}  // namespace cardvault::test
