#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <string>
#include <utility>

#include "vault_fixture.h"

namespace cardvault::test {
namespace {

Result<Pan> parse(std::string_view text) {
  return Pan::parse(SecretText(text));
}

/// `lead` filled up with zeros to `length` digits, the last one such that the Luhn check passes.
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

TEST_CASE("card number: the schemes' published test numbers are accepted and recognised") {
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
      {"6226388000000095", Scheme::unionpay},
  }));
  CAPTURE(digits);
  const auto parsed = parse(digits);
  REQUIRE(code_of(parsed) == "ok");
  CHECK(parsed->scheme() == scheme);
  CHECK(parsed->digits().expose() == digits);
  CHECK(parsed->length() == digits.size());
}

TEST_CASE("card number: a scheme's range ends exactly where ISO/IEC 7812 says") {
  const auto [lead, scheme] = GENERATE(table<std::string_view, Scheme>({
      {"2220", Scheme::unknown},  {"2221", Scheme::mastercard}, {"2720", Scheme::mastercard},
      {"2721", Scheme::unknown},  {"50", Scheme::unknown},      {"51", Scheme::mastercard},
      {"55", Scheme::mastercard}, {"56", Scheme::unknown},      {"33", Scheme::unknown},
      {"34", Scheme::amex},       {"35", Scheme::unknown},      {"37", Scheme::amex},
      {"3527", Scheme::unknown},  {"3528", Scheme::jcb},        {"3589", Scheme::jcb},
      {"3590", Scheme::unknown},  {"300", Scheme::diners},      {"305", Scheme::diners},
      {"306", Scheme::unknown},   {"36", Scheme::diners},       {"38", Scheme::diners},
      {"39", Scheme::diners},     {"40", Scheme::visa},         {"49", Scheme::visa},
      {"6010", Scheme::unknown},  {"6011", Scheme::discover},   {"6012", Scheme::unknown},
      {"643", Scheme::unknown},   {"644", Scheme::discover},    {"649", Scheme::discover},
      {"65", Scheme::discover},   {"66", Scheme::unknown},      {"61", Scheme::unknown},
      {"62", Scheme::unionpay},   {"63", Scheme::unknown},      {"80", Scheme::unknown},
      {"81", Scheme::unionpay},   {"82", Scheme::unknown},
  }));
  CAPTURE(lead);
  const auto parsed = parse(number_with(lead, 16));
  REQUIRE(code_of(parsed) == "ok");
  CHECK(parsed->scheme() == scheme);
}

TEST_CASE("card number: 12 to 19 digits and nothing shorter or longer") {
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

TEST_CASE("card number: spaces and dashes are ignored wherever they stand") {
  const auto parsed = parse(" 4111-1111 1111--1111 ");
  REQUIRE(code_of(parsed) == "ok");
  CHECK(parsed->digits().expose() == kVisa);
  check_refused("    -    -    -    ", "invalid_length");
}

TEST_CASE("card number: anything that is not a digit is refused") {
  for (const std::string_view text :
       {"4111x11111111111", "4111111111111111x", "4111.1111.1111.1111", "4111\t111111111111",
        "+411111111111111", "４１１１１１１１１１１１１１１１", "４111111111111111"}) {
    check_refused(text, "not_digits");
  }
  check_refused(std::string("4111111111111111\0", 17), "not_digits");
}

TEST_CASE("card number: the Luhn check is required, and for UnionPay recorded instead") {
  check_refused("4111111111111112", "luhn_check_failed");
  check_refused("5555555555554445", "luhn_check_failed");
  check_refused("6011111111111118", "luhn_check_failed");
  check_refused("8200000000000002", "luhn_check_failed");
  for (const std::string_view lead : {"62", "81"}) {
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

TEST_CASE("card number: first six and last four are those of the digits, at any length") {
  CHECK(pan("6216261000000000018").first6() == "621626");
  CHECK(pan("6216261000000000018").last4() == "0018");
  CHECK(pan("6200 0000 0000").first6() == "620000");
  CHECK(pan("6200 0000 1234").last4() == "1234");
}

}  // namespace cardvault::test
