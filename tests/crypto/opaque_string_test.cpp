#include "crypto/opaque_string.h"

#include <rapidcheck.h>

#include <catch2/catch_test_macros.hpp>
#include <string>

using namespace cardvault;
using namespace std::string_literals;

namespace {

/// The mapped text, or "refused" if there is none.
std::string mapped(std::string_view text) {
  const auto opaque = opaque_string(SecretText(text));
  return opaque ? std::string(opaque->expose()) : "refused";
}

}  // namespace

TEST_CASE("opaque string: ASCII is unchanged, including case and spaces") {
  CHECK(mapped("Correct horse ~ 27!") == "Correct horse ~ 27!");
  CHECK(mapped(" a ") == " a ");
}

TEST_CASE("opaque string: a letter with a combining accent maps to the composed letter") {
  CHECK(mapped("cafe\u0301") == "caf\u00e9");
  CHECK(mapped("caf\u00e9") == "caf\u00e9");
  CHECK(mapped("\u1112\u1161\u11ab") == "\ud55c");
  CHECK(mapped("q\u0307\u0323") == mapped("q\u0323\u0307"));
}

TEST_CASE("opaque string: fullwidth and halfwidth characters map to the usual ones") {
  CHECK(mapped("ｐａｓｓｗｏｒｄ１２！") == "password12!");
  CHECK(mapped("ﾊﾟｽﾜｰﾄﾞ") == "パスワード");
  CHECK(mapped("￥￦") == "¥₩");
}

TEST_CASE("opaque string: every space maps to U+0020") {
  for (const char* space : {"\u00a0", "\u1680", "\u2000", "\u2003", "\u202f", "\u205f", "\u3000"}) {
    CHECK(mapped("a"s + space + "b") == "a b");
  }
}

TEST_CASE("opaque string: compatibility characters other than width are unchanged") {
  CHECK(mapped("x²") == "x²");
  CHECK(mapped("ﬁn") == "ﬁn");
  CHECK(mapped("①") == "①");
  CHECK(mapped("ſ") == "ſ");
}

TEST_CASE("opaque string: Chinese, emoji and the middle dot of a name are allowed") {
  CHECK(mapped("我的钱包锁了") == "我的钱包锁了");
  CHECK(mapped("\U0001f511 and \U0001f6aa") == "\U0001f511 and \U0001f6aa");
  CHECK(mapped("阿卜杜拉·艾山") == "阿卜杜拉·艾山");
}

TEST_CASE("opaque string: invisible, private and unassigned characters are refused") {
  for (const std::string& point :
       {"\0"s, "\t"s, "\x7f"s, "\xc2\x85"s, "\u00ad"s, "\u200b"s, "\u200e"s, "\u2028"s, "\u202e"s,
        "\u2060"s, "\ufe0f"s, "\ufeff"s, "\ue000"s, "\u0378"s, "\U000e0041"s, "\U0010ffff"s,
        "\u1100"s, "\u0640"s}) {
    CAPTURE(point);
    CHECK(mapped("a" + point + "b") == "refused");
  }
}

TEST_CASE("opaque string: joiners are allowed only where a script needs them") {
  CHECK(mapped("\u0915\u094d\u200d\u0937") != "refused");
  CHECK(mapped("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645") != "refused");
  CHECK(mapped("\u0645\u06cc\u200d\u062e") == "refused");
  CHECK(mapped("a\u200db") == "refused");
  CHECK(mapped("a\u200cb") == "refused");
  CHECK(mapped("\u200d") == "refused");
  CHECK(mapped("\U0001f468\u200d\U0001f469") == "refused");
}

TEST_CASE("opaque string: an empty text, malformed UTF-8 and a huge text are refused") {
  CHECK(mapped("") == "refused");
  CHECK(mapped("a\xff") == "refused");
  CHECK(mapped("\xed\xa0\x80 surrogate") == "refused");
  CHECK(mapped("é"s + std::string(70'000, 'a')) == "refused");
}

TEST_CASE("opaque string: a mapped text maps to itself") {
  CHECK(rc::check("stable", [] {
    std::string text;
    for (const int point : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0x20, 0xfffd))) {
      if (point >= 0xd800 && point <= 0xdfff) continue;
      if (point < 0x80) {
        text += static_cast<char>(point);
      } else if (point < 0x800) {
        text += static_cast<char>(0xc0 | (point >> 6));
        text += static_cast<char>(0x80 | (point & 0x3f));
      } else {
        text += static_cast<char>(0xe0 | (point >> 12));
        text += static_cast<char>(0x80 | ((point >> 6) & 0x3f));
        text += static_cast<char>(0x80 | (point & 0x3f));
      }
    }
    const std::string once = mapped(text);
    RC_ASSERT(mapped(once) == once);
  }));
}
