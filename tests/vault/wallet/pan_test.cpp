#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <sstream>
#include <string>
#include <utility>

#include "tests/crypto/published_vectors.h"
#include "tests/vault/vault_fixture.h"

namespace cardvault::test {
namespace {

Result<Pan> parse(std::string_view text) {
  return Pan::parse(SecretText(text));
}

/// `lead` padded with zeros to `length` digits, with a last digit that passes the Luhn check.
std::string number_with(std::string_view lead, std::size_t length) {
  std::string digits(lead);
  digits.resize(length, '0');
  for (char last = '0'; last <= '9'; ++last) {
    digits.back() = last;
    const auto parsed = parse(digits);
    if (parsed && parsed->luhn_valid()) return digits;
  }
  return "";
}

void check_refused(std::string_view text, std::string_view reason) {
  CAPTURE(text);
  const auto parsed = parse(text);
  CHECK(code_of(parsed) == "invalid_pan");
  CHECK(reason_of(parsed) == reason);
  if (!parsed && !text.empty()) {
    CHECK(parsed.error().fields.front().field == "pan");
    CHECK(parsed.error().detail.find(text.substr(0, 6)) == std::string::npos);
  }
}

}  // namespace

TEST_CASE("card number: published test numbers are accepted and their scheme is recognised") {
  const auto [digits, scheme] = GENERATE(table<std::string_view, Scheme>({
      {"4111111111111111", Scheme::visa},       {"4012888888881881", Scheme::visa},
      {"4222222222222", Scheme::visa},          {"5555555555554444", Scheme::mastercard},
      {"5105105105105100", Scheme::mastercard}, {"2223003122003222", Scheme::mastercard},
      {"378282246310005", Scheme::amex},        {"371449635398431", Scheme::amex},
      {"3530111333300000", Scheme::jcb},        {"3566002020360505", Scheme::jcb},
      {"30569309025904", Scheme::diners},       {"36227206271667", Scheme::diners},
      {"38520000023237", Scheme::diners},       {"6011111111111117", Scheme::discover},
      {"6011000990139424", Scheme::discover},   {"6226090000000048", Scheme::unionpay},
      {"6221558812340000", Scheme::unionpay},   {"6216261000000000018", Scheme::unionpay},
      {"6226388000000095", Scheme::unionpay},   {"8171999900000000021", Scheme::unionpay},
      {"8171999927660000", Scheme::unionpay},   {"213100000000001", Scheme::jcb},
      {"6759649826438453", Scheme::maestro},    {"6799990100000000019", Scheme::maestro},
      {"586824160825533338", Scheme::maestro},  {"50339619890917", Scheme::maestro},
      {"2201382000000013", Scheme::mir},        {"2204290100000006", Scheme::mir},
      {"6074819900004939", Scheme::rupay},      {"6362970000457013", Scheme::elo},
      {"5066991111111118", Scheme::elo},        {"9792030394440796", Scheme::troy},
      {"6062826786276634", Scheme::hipercard},  {"5061460410120223210", Scheme::verve},
  }));
  CAPTURE(digits);
  const auto parsed = parse(digits);
  REQUIRE(code_of(parsed) == "ok");
  CHECK(parsed->scheme() == scheme);
  CHECK(parsed->digits().expose() == digits);
  CHECK(parsed->length() == digits.size());
}

TEST_CASE("card number: each range of a scheme is exact and the longest prefix wins") {
  const auto [lead, scheme] = GENERATE(table<std::string_view, Scheme>({
      {"2199", Scheme::unknown},    {"2200", Scheme::mir},         {"2204", Scheme::mir},
      {"2205", Scheme::unknown},    {"2220", Scheme::unknown},     {"2221", Scheme::mastercard},
      {"2720", Scheme::mastercard}, {"2721", Scheme::unknown},     {"1800", Scheme::jcb},
      {"1801", Scheme::unknown},    {"2131", Scheme::jcb},         {"2132", Scheme::unknown},
      {"3094", Scheme::unknown},    {"3095", Scheme::diners},      {"3096", Scheme::unknown},
      {"50", Scheme::maestro},      {"51", Scheme::mastercard},    {"55", Scheme::mastercard},
      {"56", Scheme::maestro},      {"58", Scheme::maestro},       {"59", Scheme::unknown},
      {"33", Scheme::unknown},      {"34", Scheme::amex},          {"35", Scheme::unknown},
      {"37", Scheme::amex},         {"3527", Scheme::unknown},     {"3528", Scheme::jcb},
      {"3589", Scheme::jcb},        {"3590", Scheme::unknown},     {"300", Scheme::diners},
      {"305", Scheme::diners},      {"306", Scheme::unknown},      {"36", Scheme::diners},
      {"38", Scheme::diners},       {"39", Scheme::diners},        {"40", Scheme::visa},
      {"49", Scheme::visa},         {"6010", Scheme::rupay},       {"6011", Scheme::discover},
      {"6012", Scheme::rupay},      {"601382", Scheme::unionpay},  {"601381", Scheme::rupay},
      {"606281", Scheme::rupay},    {"606282", Scheme::hipercard}, {"61", Scheme::unknown},
      {"62", Scheme::unionpay},     {"627779", Scheme::unionpay},  {"627780", Scheme::elo},
      {"627781", Scheme::unionpay}, {"63", Scheme::maestro},       {"636297", Scheme::elo},
      {"643", Scheme::unknown},     {"644", Scheme::discover},     {"649", Scheme::discover},
      {"65", Scheme::discover},     {"650002", Scheme::verve},     {"650031", Scheme::elo},
      {"650485", Scheme::elo},      {"650599", Scheme::discover},  {"6520", Scheme::discover},
      {"6521", Scheme::rupay},      {"6522", Scheme::rupay},       {"6523", Scheme::discover},
      {"66", Scheme::unknown},      {"67", Scheme::maestro},       {"504175", Scheme::elo},
      {"506098", Scheme::maestro},  {"506099", Scheme::verve},     {"506699", Scheme::elo},
      {"506778", Scheme::elo},      {"506779", Scheme::maestro},   {"508499", Scheme::maestro},
      {"508500", Scheme::rupay},    {"508999", Scheme::rupay},     {"509000", Scheme::elo},
      {"80", Scheme::unknown},      {"8100", Scheme::unionpay},    {"8171", Scheme::unionpay},
      {"8172", Scheme::rupay},      {"8201", Scheme::rupay},       {"8202", Scheme::unknown},
      {"955880", Scheme::unionpay}, {"95599", Scheme::unionpay},   {"95600", Scheme::unknown},
      {"9792", Scheme::troy},
  }));
  CAPTURE(lead);
  const auto parsed = parse(number_with(lead, 16));
  REQUIRE(code_of(parsed) == "ok");
  CHECK(parsed->scheme() == scheme);
}

TEST_CASE("card number: 12 to 19 digits are accepted") {
  for (std::size_t length = 12; length <= 19; ++length) {
    CAPTURE(length);
    CHECK(code_of(parse(number_with("4", length))) == "ok");
  }
  check_refused("", "invalid_length");
  check_refused("40000000006", "invalid_length");
  check_refused("62000000000", "invalid_length");
  check_refused("62000000000000000000", "invalid_length");
  check_refused(std::string(4096, '4'), "invalid_length");
}

TEST_CASE("card number: blanks, dashes, invisible characters and other digits are normalised") {
  for (const std::string_view text :
       {" 4111-1111 1111--1111 ", "4111\u00a01111\u00a01111\u00a01111",
        "４１１１１１１１１１１１１１１１", "４１１１　１１１１　１１１１　１１１１",
        "４111111111111111", "\u200e4111111111111111\u200e", "\ufeff4111111111111111",
        "4111\u20131111\u20131111\u20131111", "4111\u20111111\u201111111111",
        "4111\u202f1111\u20091111\u20071111", "4111\u00ad1111\u200b11111111", "٤١١١ ١١١١ ١١١١ ١١١١",
        "۴۱۱۱۱۱۱۱۱۱۱۱۱۱۱۱", "４１１１－１１１１－１１１１－１１１１"}) {
    CAPTURE(text);
    const auto parsed = parse(text);
    REQUIRE(code_of(parsed) == "ok");
    CHECK(parsed->digits().expose() == kVisa);
  }
  check_refused("    -    -    -    ", "invalid_length");
  check_refused("\u200e\ufeff", "invalid_length");
}

TEST_CASE("card number: any character that is no digit, blank or dash is refused") {
  for (const std::string_view text :
       {"4111x11111111111", "4111111111111111x", "4111.1111.1111.1111", "4111\t111111111111",
        "+411111111111111", "4111 11** **** 1111", "4111,1111,1111,1111", "四111111111111111",
        "4111\xff"
        "111111111111"}) {
    check_refused(text, "not_digits");
  }
  check_refused(std::string("4111111111111111\0", 17), "not_digits");
}

TEST_CASE("card number: zeros only are refused") {
  check_refused("0000000000000000", "all_zeros");
  check_refused("000000000000", "all_zeros");
  check_refused("0000 0000 0000 0000 000", "all_zeros");
  CHECK(match_scheme("0000000000000000").scheme == Scheme::unknown);
}

TEST_CASE("card number: a number of an older version is restored without Luhn") {
  check_refused("8172000000000001", "luhn_check_failed");
  const auto restored = Pan::restore(SecretText(std::string_view("8172000000000001")));
  REQUIRE(restored.has_value());
  CHECK(restored->scheme() == Scheme::rupay);
  CHECK_FALSE(restored->luhn_valid());
  for (const std::string_view digits :
       {"", "41111111111", "41111111111111111111", "4111 1111 1111"}) {
    CHECK_FALSE(Pan::restore(SecretText(digits)).has_value());
  }
}

TEST_CASE("card number: prefixes that two public lists give to mainland banks have a scheme") {
  const auto text = published_text("bins/mainland-agreed.csv");
  if (!text) SKIP("the lists are not on this machine");
  std::istringstream lines(*text);
  std::string line;
  std::getline(lines, line);
  std::size_t read = 0;
  while (std::getline(lines, line)) {
    const std::string prefix = line.substr(0, line.find(','));
    // 103 and 18572 are also used for other things than cards, and 303 belongs to Diners Club.
    if (prefix == "103" || prefix == "18572" || prefix == "303") continue;
    CAPTURE(line);
    const Scheme scheme = match_scheme(prefix + "000000000000").scheme;
    CHECK(scheme != Scheme::unknown);
    const bool worldwide = std::string_view("345").contains(prefix.front());
    if (!worldwide) CHECK(scheme == Scheme::unionpay);
    ++read;
  }
  CHECK(read > 1600);
}

TEST_CASE("card number: the Luhn check is required except for UnionPay, where it is recorded") {
  check_refused("4111111111111112", "luhn_check_failed");
  check_refused("5555555555554445", "luhn_check_failed");
  check_refused("6011111111111118", "luhn_check_failed");
  check_refused("8172000000000001", "luhn_check_failed");
  check_refused("8200000000000002", "luhn_check_failed");
  for (const std::string_view lead : {"62", "81", "955880", "601382"}) {
    const std::string right = number_with(lead, 16);
    std::string wrong = right;
    wrong.back() = wrong.back() == '9' ? '0' : static_cast<char>(wrong.back() + 1);
    REQUIRE(code_of(parse(right)) == "ok");
    CHECK(parse(right)->luhn_valid());
    REQUIRE(code_of(parse(wrong)) == "ok");
    CHECK_FALSE(parse(wrong)->luhn_valid());
  }
}

TEST_CASE("card number: every swap of two different neighbours but 0 and 9 fails the Luhn check") {
  std::string digits = "4012888888881881";
  for (std::size_t i = 0; i + 1 < digits.size(); ++i) {
    if (digits[i] == digits[i + 1]) continue;
    std::swap(digits[i], digits[i + 1]);
    CAPTURE(digits);
    CHECK_FALSE(parse(digits).has_value());
    std::swap(digits[i], digits[i + 1]);
  }
}

TEST_CASE("card number: the first six are available only if six digits stay hidden") {
  CHECK(pan("6216261000000000018").first6() == "621626");
  CHECK(pan("6216261000000000018").last4() == "0018");
  CHECK(pan(kVisa).first6() == "411111");
  CHECK(pan("378282246310005").first6().empty());
  CHECK(pan("30569309025904").first6().empty());
  CHECK(pan("4222222222222").first6().empty());
  CHECK(pan("6200 0000 1234").first6().empty());
  CHECK(pan("6200 0000 1234").last4() == "1234");
}

}  // namespace cardvault::test
