#include "vault/policy/free_text.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "vault_fixture.h"

namespace cardvault::test {
namespace {

Result<std::string> nickname(std::string_view text) {
  return parse_free_text("nickname", text, 1, 20);
}

void check_refused(std::string_view text, std::string_view code, std::string_view reason) {
  CAPTURE(text);
  const auto parsed = parse_free_text("nickname", text, 1, 60);
  CHECK(code_of(parsed) == code);
  CHECK(reason_of(parsed) == reason);
  if (!parsed) CHECK(parsed.error().fields.front().field == "nickname");
}

}  // namespace

TEST_CASE("free text: what is accepted comes back unchanged") {
  for (const std::string_view text : {"my card", "工资卡 💳", "a", " x ", "12345678901"}) {
    const auto parsed = nickname(text);
    REQUIRE(code_of(parsed) == "ok");
    CHECK(*parsed == text);
  }
}

TEST_CASE("free text: a card number is refused, spaces and dashes do not hide it") {
  for (const std::string_view text :
       {"4111111111111111", "my card 4111111111111111", "4111 1111 1111 1111",
        "x4111-1111-1111-1111y", "4-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1", "卡号6226090000000048。",
        "6216261000000000018", "--4111--1111  1111 1111--"}) {
    check_refused(text, "sensitive_data_refused", "not_allowed");
  }
}

TEST_CASE("free text: other digits beside a card number do not hide it") {
  for (const std::string_view text :
       {"no 7 4111111111111111", "4111111111111111 12", "2 - 6226 0900 0000 0048 - 1",
        "4111 1111 1111 1111 5555 5555 5555 4444"}) {
    check_refused(text, "sensitive_data_refused", "not_allowed");
  }
}

TEST_CASE("free text: an error about a card number does not repeat it") {
  const auto parsed = nickname("4111111111111111");
  REQUIRE(code_of(parsed) == "sensitive_data_refused");
  CHECK(parsed.error().detail.find("4111") == std::string::npos);
  CHECK(parsed.error().inside.text.find("4111") == std::string::npos);
}

TEST_CASE("free text: digits that are no card number pass") {
  for (const std::string_view text : {"41111111111", "4111111111111112", "138 0013 8000",
                                      "2026-11-23", "123456789012", "a1b2c3"}) {
    CAPTURE(text);
    CHECK(code_of(nickname(text)) == "ok");
    CHECK_FALSE(looks_like_pan(text));
  }
}

TEST_CASE("free text: bounds count code points") {
  CHECK(code_of(nickname("一二三四五六七八九十一二三四五六七八九十")) == "ok");
  CHECK(reason_of(nickname("一二三四五六七八九十一二三四五六七八九十一")) == "too_long");
  CHECK(reason_of(nickname("")) == "too_short");
  CHECK(code_of(nickname("")) == "invalid_request");
  CHECK(code_of(parse_free_text("reason", "", 0, 5)) == "ok");
}

TEST_CASE("free text: control characters and broken UTF-8 are refused") {
  for (const std::string_view text :
       {"a\nb", "a\rb", "a\x1b[31m", "a\x7f", "a\xc2\x9b", "a\xff", "\xe5\x8d", "\xed\xa0\x80"}) {
    check_refused(text, "invalid_request", "control_characters");
  }
}

}  // namespace cardvault::test
