#include "vault/cards/locale.h"

#include <catch2/catch_test_macros.hpp>

namespace cardvault::test {

TEST_CASE("locale: only the language decides about Chinese texts, in any case") {
  for (const char* chinese :
       {"zh", "ZH-CN", "zh-cn", "Zh-Hant-TW", "cmn", "cmn-Hans-CN", "CMN", "yue", "yue-HK",
        "zh-yue", "wuu", "nan-Hant-TW", "zh-CN-u-nu-hanidec"}) {
    INFO(chinese);
    CHECK(is_chinese(chinese));
  }
  for (const char* other : {"en", "en-GB", "zhx", "zhx-CN", "z", "", "za-CN", "zho2", "bo-CN",
                            "ug-CN", "cm", "yu", "en-zh", "ja-JP", "x-zh"}) {
    INFO(other);
    CHECK_FALSE(is_chinese(other));
  }
}

TEST_CASE("locale: only a language tag is accepted, with dashes or underscores") {
  CHECK(parse_locale("zh-CN") == "zh-CN");
  CHECK(parse_locale("zh_CN") == "zh-CN");
  CHECK(parse_locale("zh_Hans_CN") == "zh-Hans-CN");
  CHECK(parse_locale("ZH-CN") == "ZH-CN");
  CHECK(parse_locale("en") == "en");
  CHECK(parse_locale("es-419") == "es-419");
  CHECK(parse_locale("de-CH-1996") == "de-CH-1996");
  CHECK(parse_locale("en-US-u-mu-celsius") == "en-US-u-mu-celsius");
  for (const char* refused : {"",           "-",           "z",
                              "z-CN",       "zh-",         "zh--CN",
                              "-zh",        "zh-CN-",      "zh CN",
                              "zh.UTF-8",   "zh_CN.UTF-8", "zh@pinyin",
                              "12-CN",      "419",         "C",
                              "../..",      "zh-Hans-CN!", "zh-123456789",
                              "chinesisch", "z\xc3\xa4",   "4111111111111111"}) {
    INFO(refused);
    CHECK_FALSE(parse_locale(refused));
  }
}

}  // namespace cardvault::test
