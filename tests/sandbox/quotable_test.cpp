#include "sandbox/quotable.h"

#include <catch2/catch_test_macros.hpp>

#include "base/bytes.h"

namespace cardvault::sandbox {
namespace {

TEST_CASE("quotable text: a short printable text is unchanged") {
  CHECK(quotable("drg_1.alipay") == "drg_1.alipay");
  CHECK(quotable("卡包") == "卡包");
}

TEST_CASE("quotable text: text with control characters or malformed UTF-8 is replaced") {
  CHECK(quotable("a\nb") == "(unprintable)");
  CHECK(quotable("\xff") == "(unprintable)");
}

TEST_CASE("quotable text: a long text is cut between characters") {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "卡";
  const std::string cut = quotable(text);
  CHECK(cut.size() <= 128);
  CHECK(cut.ends_with("卡..."));
  CHECK(is_printable_utf8(cut));
}

}  // namespace
}  // namespace cardvault::sandbox
