#include <catch2/catch_test_macros.hpp>
#include <string>

#include "tests/vault/vault_fixture.h"
#include "vault/access/password.h"

namespace cardvault::test {
namespace {

std::string repeated(std::string_view text, std::size_t times) {
  std::string out;
  while (times-- > 0) out += text;
  return out;
}

void check_refused(std::string_view password, std::string_view code, std::string_view reason) {
  CAPTURE(password);
  const auto checked = check_new_password(SecretText(password));
  CHECK(code_of(checked) == code);
  CHECK(reason_of(checked) == reason);
  if (!checked) CHECK(checked.error().fields.front().field == "password");
}

void check_accepted(std::string_view password) {
  CAPTURE(password);
  CHECK(code_of(check_new_password(SecretText(password))) == "ok");
}

}  // namespace

TEST_CASE("password: six to 128 code points are accepted in any script") {
  check_refused("", "weak_credential", "too_short");
  check_refused("19f3k", "weak_credential", "too_short");
  check_refused("我的钱包锁", "weak_credential", "too_short");
  check_accepted("我的钱包锁了");
  check_accepted("我的钱包锁了" + repeated("锁了", 61));
  check_refused("我的钱包锁了" + repeated("锁了", 61) + "锁", "invalid_request", "too_long");
  check_accepted("tulip-harbour-27" + repeated("ab", 56));
  check_refused("tulip-harbour-27" + repeated("ab", 56) + "c", "invalid_request", "too_long");
}

TEST_CASE("password: control characters and malformed UTF-8 are refused") {
  for (const std::string_view password :
       {"correct\nhorse", "correct\thorse", "correct\x7fhorse", "correct\xc2\x85horse",
        "correct\xffhorse", "correct\xc0\x80horse", "correct horse\xe9\x94"}) {
    check_refused(password, "invalid_request", "control_characters");
  }
  check_refused(std::string("correct\0horse", 13), "invalid_request", "control_characters");
}

TEST_CASE("password: a repeated single character is too easy in any script") {
  for (const std::string_view password : {"000000", "888888", "aaaaaaaa", "锁锁锁锁锁锁"}) {
    check_refused(password, "weak_credential", "one_character");
  }
  check_accepted("锁锁锁锁锁钥");
}

TEST_CASE("password: an ascending or descending run is too easy, also across 9 and 0") {
  for (const std::string_view password :
       {"123456", "654321", "012345", "456789", "567890", "890123", "901234", "098765", "109876",
        "210987", "abcdef", "zyxwvu", "ABCDEFG"}) {
    check_refused(password, "weak_credential", "sequence");
  }
  check_refused("123457", "weak_credential", "commonplace");
}

TEST_CASE("password: the most common leaked passwords are too easy in any case") {
  for (const std::string_view password :
       {"password", "PassWord1", "qwerty", "QWERTY123", "1q2w3e4r", "woaini1314", "5201314",
        "147258369", "112233", "123123"}) {
    check_refused(password, "weak_credential", "commonplace");
  }
  check_accepted("password-of-mine");
}

TEST_CASE("password: a password guessable within 10^8 attempts is too easy in any spelling") {
  for (const std::string_view password :
       {"qq123456", "123456a", "a1234567", "666888", "P@ssw0rd", "193746", "48392716", "20001231",
        "13800138000", "1qaz2wsx3edc", "abababababab", "ＱＱ１２３４５６", "ｐａｓｓｗｏｒｄ"}) {
    check_refused(password, "weak_credential", "commonplace");
  }
  check_refused(repeated("password", 16), "weak_credential", "commonplace");
  for (const std::string_view password :
       {"tulip-harbour-27", "correct horse", "Kessel-99", "kx7qmv2p", "8350279146"}) {
    check_accepted(password);
  }
}

TEST_CASE("password: common Chinese passwords are too easy, also those unknown to zxcvbn") {
  for (const std::string_view password :
       {"7758521", "woaini1314", "woaini520", "5201314520", "zhangwei1990", "liuyang520",
        "woaiwojia", "woaizhongguo888", "wodemima", "我爱你一生一世", "密码密码密码"}) {
    check_refused(password, "weak_credential", "commonplace");
  }
}

TEST_CASE("password: invisible characters are refused and spellings are normalised") {
  check_refused("correct\u200bhorse", "invalid_request", "not_allowed");
  check_refused("correct\u202ehorse", "invalid_request", "not_allowed");
  check_refused("１２３４５６", "weak_credential", "sequence");
  check_refused("e\u0301e\u0301e\u0301", "weak_credential", "too_short");
  check_accepted("caf\u00e9 27 doors");
}

TEST_CASE("password: a refused password is not repeated in the error") {
  const auto checked = check_new_password(SecretText("iloveyou"));
  REQUIRE(code_of(checked) == "weak_credential");
  CHECK(checked.error().detail.find("iloveyou") == std::string::npos);
  CHECK(checked.error().inside.text.find("iloveyou") == std::string::npos);
}

}  // namespace cardvault::test
