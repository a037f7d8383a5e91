#include "vault/text/free_text.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "tests/vault/vault_fixture.h"

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

TEST_CASE("free text: an accepted text is unchanged") {
  for (const std::string_view text : {"my card", "工资卡 💳", "a", "a  b", "12345678901"}) {
    const auto parsed = nickname(text);
    REQUIRE(code_of(parsed) == "ok");
    CHECK(*parsed == text);
  }
}

TEST_CASE("free text: blanks of every script and width are trimmed at the ends") {
  for (const std::string_view text : {" x", "x ", "  x  ", "\u00a0x\u3000", "\u2003x\u202f",
                                      "\ufeffx", "x\u200b", "\u2060x\u200e"}) {
    CAPTURE(text);
    CHECK(nickname(text).value_or("refused") == "x");
  }
}

TEST_CASE("free text: an invisible text is refused") {
  for (const std::string_view text :
       {" ", "   ", "\u00a0", "\u3000", "\u200b", "\u200b\u200c\u200d", "\u2060\ufeff", "\u00ad",
        "\u200e", "\u200f", "\u3164", "\u115f\u1160", "\u2800", "\u034f", "\ufe0f", "\u0301",
        "\u180e", "\U000e0041"}) {
    check_refused(text, "invalid_request", "not_printable");
  }
}

TEST_CASE("free text: direction overrides, line breaks and invisible characters are refused") {
  for (const std::string_view text :
       {"a\u202eb", "\u202ea", "a\u202d", "a\u202ab", "a\u202bb\u202c", "a\u2066b\u2069",
        "a\u2067b", "a\u2068b", "a\u2028b", "a\u2029b", "a\u200bb", "a\u2060b", "a\ufeffb",
        "a\u00adb", "a \u200db", "\u200ca", "a\u2063b", "a\U000e0041", "a\u206ab"}) {
    check_refused(text, "invalid_request", "not_printable");
  }
}

TEST_CASE("free text: scripts and emoji that need joiners and direction marks are accepted") {
  for (const std::string_view text :
       {"می\u200cخواهم", "क्\u200dष", "ന്\u200d", "بطاقة الراتب", "כרטיס", "a\u200eב\u200fc",
        "👨\u200d👩\u200d👧", "❤\ufe0f\u200d🔥", "👩🏽\u200d💻", "1\ufe0f\u20e3", "🇨🇳",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", "บัตร", "ᠮᠣᠩᠭᠣᠯ"}) {
    CAPTURE(text);
    const auto parsed = parse_free_text("nickname", text, 1, 60);
    CHECK(parsed.value_or("refused") == text);
  }
}

TEST_CASE("free text: bounds count code points") {
  CHECK(code_of(nickname("一二三四五六七八九十一二三四五六七八九十")) == "ok");
  CHECK(reason_of(nickname("一二三四五六七八九十一二三四五六七八九十一")) == "too_long");
  CHECK(reason_of(nickname("")) == "too_short");
  CHECK(code_of(nickname("")) == "invalid_request");
  CHECK(code_of(parse_free_text("reason", "", 0, 5)) == "ok");
}

TEST_CASE("free text: control characters and malformed UTF-8 are refused") {
  for (const std::string_view text :
       {"a\nb", "a\rb", "a\x1b[31m", "a\x7f", "a\xc2\x9b", "a\xff", "\xe5\x8d", "\xed\xa0\x80"}) {
    check_refused(text, "invalid_request", "control_characters");
  }
}

}  // namespace cardvault::test
