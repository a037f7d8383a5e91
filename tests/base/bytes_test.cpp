#include "base/bytes.h"

#include <rapidcheck.h>

#include <catch2/catch_test_macros.hpp>
#include <string>

using namespace cardvault;

TEST_CASE("base64url: the RFC 4648 examples encode without padding") {
  const auto encoded = [](std::string_view text) { return to_base64url(as_bytes(text)); };
  CHECK(encoded("").empty());
  CHECK(encoded("f") == "Zg");
  CHECK(encoded("fo") == "Zm8");
  CHECK(encoded("foo") == "Zm9v");
  CHECK(encoded("foob") == "Zm9vYg");
  CHECK(encoded("fooba") == "Zm9vYmE");
  CHECK(encoded("foobar") == "Zm9vYmFy");
  CHECK(to_base64url(Bytes{0xfb, 0xff, 0xbf}) == "-_-_");
}

TEST_CASE("base64url: encoded bytes decode to the same bytes") {
  CHECK(rc::check("round trip", [](const Bytes& bytes) {
    RC_ASSERT(from_base64url(to_base64url(bytes)) == bytes);
  }));
}

TEST_CASE("base64url: a decodable text is the only spelling of its bytes") {
  const auto digit = rc::gen::elementOf(
      std::string("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"));
  CHECK(rc::check("one spelling", [&] {
    const auto text = *rc::gen::container<std::string>(digit);
    const auto bytes = from_base64url(text);
    if (bytes) RC_ASSERT(to_base64url(*bytes) == text);
  }));
}

TEST_CASE("base64url: a last character with left-over bits does not decode") {
  const std::string_view alphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::size_t after_one = 0;
  std::size_t after_two = 0;
  for (const char last : alphabet) {
    if (from_base64url(std::string("A") + last)) ++after_one;
    if (from_base64url(std::string("AA") + last)) ++after_two;
  }
  CHECK(after_one == 4);
  CHECK(after_two == 16);
}

TEST_CASE("base64url: padding, other alphabets, white space and cut groups are refused") {
  for (const std::string_view text : {"Zg==", "Zg=", "Zm9v=", "+_-_", "-/-_", " Zm9v", "Zm9v ",
                                      "Zm9v\n", "Zm\n9v", "Z", "Zm9vY", "Zm9\xc3\xbc", "Zm9."}) {
    CAPTURE(text);
    CHECK_FALSE(from_base64url(text));
  }
  CHECK_FALSE(from_base64url(std::string_view("Zm9\0", 4)));
}

TEST_CASE("hex: bytes print as two lower-case digits each") {
  CHECK(to_hex(Bytes{0x00, 0x0f, 0xa5, 0xff}) == "000fa5ff");
  CHECK(to_hex({}).empty());
}

TEST_CASE("UTF-8: well-formed texts of every script are printable") {
  for (const std::string_view text : {"", "card", "招商银行 储蓄卡", "Ünïcödé", "\u00a0",
                                      "\U0001f4b3", "\ue000", "\xed\x9f\xbf", "\xf4\x8f\xbf\xbf"}) {
    CAPTURE(text);
    CHECK(is_printable_utf8(text));
  }
}

TEST_CASE("UTF-8: control characters are not printable") {
  for (unsigned code = 0; code < 0x20; ++code) {
    const char character = static_cast<char>(code);
    CHECK_FALSE(is_printable_utf8(std::string_view(&character, 1)));
  }
  CHECK_FALSE(is_printable_utf8("\x7f"));
  CHECK_FALSE(is_printable_utf8("a\xc2\x80"));
  CHECK_FALSE(is_printable_utf8("\xc2\x9f"));
}

TEST_CASE("UTF-8: overlong, surrogate, too large, cut and stray bytes are not printable") {
  for (const std::string_view text :
       {"\xc0\xaf", "\xc1\xbf", "\xe0\x80\xaf", "\xe0\x9f\xbf", "\xf0\x80\x80\xaf",
        "\xf0\x8f\xbf\xbf", "\xed\xa0\x80", "\xed\xbf\xbf", "\xf4\x90\x80\x80",
        "\xf8\x88\x80\x80\x80", "\xc3", "\xe6\x8b", "\xf0\x9f\x92", "\x80", "\xbf", "\xff", "\xc3(",
        "ok\xe6\x8b!"}) {
    CAPTURE(text);
    CHECK_FALSE(is_printable_utf8(text));
  }
}

TEST_CASE("UTF-8: length counts code points") {
  CHECK(utf8_length("") == 0);
  CHECK(utf8_length("card") == 4);
  CHECK(utf8_length("招商银行") == 4);
  CHECK(utf8_length("\U0001f4b3!") == 2);
}
