#include <catch2/catch_test_macros.hpp>
#include <string>

#include "vault/policy/password.h"
#include "vault_fixture.h"

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

TEST_CASE("password: six to 128 code points, however many bytes they take") {
  check_refused("", "weak_credential", "too_short");
  check_refused("19f3k", "weak_credential", "too_short");
  check_refused("我的钱包锁", "weak_credential", "too_short");
  check_accepted("193746");
  check_accepted("我的钱包锁了");
  check_accepted(repeated("锁了", 64));
  check_refused(repeated("锁了", 64) + "锁", "invalid_request", "too_long");
  check_accepted(repeated("ab", 64));
  check_refused(repeated("ab", 64) + "c", "invalid_request", "too_long");
}

TEST_CASE("password: control characters and broken UTF-8 are refused") {
  for (const std::string_view password :
       {"correct\nhorse", "correct\thorse", "correct\x7fhorse", "correct\xc2\x85horse",
        "correct\xffhorse", "correct\xc0\x80horse", "correct horse\xe9\x94"}) {
    check_refused(password, "invalid_request", "control_characters");
  }
  check_refused(std::string("correct\0horse", 13), "invalid_request", "control_characters");
}

TEST_CASE("password: one character over and over is too easy, be it a letter or a Chinese one") {
  for (const std::string_view password : {"000000", "888888", "aaaaaaaa", "锁锁锁锁锁锁"}) {
    check_refused(password, "weak_credential", "one_character");
  }
  check_accepted("aaaaab");
  check_accepted("锁锁锁锁锁钥");
}

TEST_CASE("password: a run up or down is too easy, also across 9 and 0") {
  for (const std::string_view password :
       {"123456", "654321", "012345", "456789", "567890", "890123", "901234", "098765", "109876",
        "210987", "abcdef", "zyxwvu", "ABCDEFG"}) {
    check_refused(password, "weak_credential", "sequence");
  }
  check_accepted("123457");
  check_accepted("135790");
  check_accepted("909090");
  check_accepted("901233");
}

TEST_CASE("password: the head of the leaked lists is too easy in any case") {
  for (const std::string_view password :
       {"password", "PassWord1", "qwerty", "QWERTY123", "1q2w3e4r", "woaini1314", "5201314",
        "147258369", "112233", "123123"}) {
    check_refused(password, "weak_credential", "commonplace");
  }
  check_accepted("password-of-mine");
}

TEST_CASE("password: what is refused is never repeated in the error") {
  const auto checked = check_new_password(SecretText("iloveyou"));
  REQUIRE(code_of(checked) == "weak_credential");
  CHECK(checked.error().detail.find("iloveyou") == std::string::npos);
  CHECK(checked.error().inside.text.find("iloveyou") == std::string::npos);
}

}  // namespace cardvault::test
