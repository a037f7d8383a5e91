#include "crypto/password_hash.h"

#include <catch2/catch_test_macros.hpp>

#include "crypto/random.h"
#include "tests/crypto/published_vectors.h"

using namespace cardvault;

namespace {

constexpr PasswordCost kCheap{.passes = 1, .memory_kib = 8};

const Bytes kPepper(32, 0x11);

// Made by the version before format 2 from "cafe" and U+0301, under this pepper.
constexpr std::string_view kOldVerifier =
    "010000000100000008a08d6f72564cda679e88b0c4a8987761537f0e95ee19fe5c69760877339fad"
    "7751f1f7f0a5a317d844a012f295c25751";

Bytes verifier_of(std::string_view secret, PasswordCost cost = kCheap) {
  SystemRandom random;
  return make_verifier(SecretText(secret), kPepper, cost, random).value();
}

ErrorCode code_of(const Result<bool>& outcome) {
  return outcome ? ErrorCode::internal : outcome.error().code;
}

}  // namespace

TEST_CASE("password: the right password is accepted and a wrong one is not") {
  const Bytes verifier = verifier_of("correct horse");
  CHECK(check_verifier(verifier, SecretText("correct horse"), kPepper) == true);
  CHECK(check_verifier(verifier, SecretText("correct horsf"), kPepper) == false);
  CHECK(check_verifier(verifier, SecretText("correct horse "), kPepper) == false);
  CHECK(check_verifier(verifier, SecretText(""), kPepper) == false);
}

TEST_CASE("password: the default cost works and is stored in the verifier") {
  const Bytes verifier = verifier_of("0-1-2-5-8", {});
  REQUIRE(verifier.size() == 57);
  CHECK(to_hex(ByteView(verifier).first(9)) == "020000000200004c00");
  CHECK(check_verifier(verifier, SecretText("0-1-2-5-8"), kPepper) == true);
}

TEST_CASE("password: accents, width and kind of space may differ between spellings") {
  const Bytes verifier = verifier_of("caf\u00e9 27 doors");
  for (const char* spelling :
       {"cafe\u0301 27 doors", "caf\u00e9\u300027\u00a0doors", "ｃａｆｅ\u0301 ２７ ｄｏｏｒｓ"}) {
    CHECK(check_verifier(verifier, SecretText(spelling), kPepper) == true);
  }
  CHECK(check_verifier(verifier, SecretText("cafe 27 doors"), kPepper) == false);
  CHECK(check_verifier(verifier, SecretText("Caf\u00e9 27 doors"), kPepper) == false);
  CHECK(check_verifier(verifier, SecretText("caf\u00e9\u200b 27 doors"), kPepper) == false);
}

TEST_CASE("password: a verifier of format 1 accepts only the same bytes") {
  const Bytes old = test::from_hex(kOldVerifier);
  CHECK(check_verifier(old, SecretText("cafe\u0301"), kPepper) == true);
  CHECK(check_verifier(old, SecretText("caf\u00e9"), kPepper) == false);
}

TEST_CASE("password: a secret with an invisible character gets no verifier") {
  SystemRandom random;
  CHECK(make_verifier(SecretText("zero\u200bwidth"), kPepper, kCheap, random).error().code ==
        ErrorCode::invalid_request);
}

TEST_CASE("password: with another pepper the right password is wrong") {
  const Bytes verifier = verifier_of("correct horse");
  CHECK(check_verifier(verifier, SecretText("correct horse"), Bytes(32, 0x12)) == false);
  CHECK(check_verifier(verifier, SecretText("correct horse"), {}) == false);
}

TEST_CASE("password: two verifiers of the same password differ") {
  CHECK(verifier_of("correct horse") != verifier_of("correct horse"));
}

TEST_CASE("password: a verifier shows nothing of the password") {
  const Bytes verifier = verifier_of("correct horse");
  CHECK(as_text(verifier).find("correct") == std::string_view::npos);
}

TEST_CASE("password: a verifier of any other length or format is damage and not a wrong password") {
  const Bytes good = verifier_of("correct horse");
  for (std::size_t size = 0; size < good.size(); ++size) {
    CHECK(code_of(check_verifier(ByteView(good).first(size), SecretText("x"), kPepper)) ==
          ErrorCode::record_corrupt);
  }
  Bytes longer = good;
  longer.push_back(0);
  CHECK(code_of(check_verifier(longer, SecretText("x"), kPepper)) == ErrorCode::record_corrupt);
  Bytes other_format = good;
  other_format[0] = 0;
  CHECK(code_of(check_verifier(other_format, SecretText("x"), kPepper)) ==
        ErrorCode::record_corrupt);
}

TEST_CASE("password: a stored cost outside the limits is damage") {
  const Bytes good = verifier_of("correct horse");
  const auto with = [&](std::size_t at, std::string_view four) {
    Bytes changed = good;
    for (std::size_t i = 0; i < 4; ++i) changed[at + i] = as_bytes(four)[i];
    return code_of(check_verifier(changed, SecretText("x"), kPepper));
  };
  using namespace std::string_view_literals;
  CHECK(with(1, "\0\0\0\0"sv) == ErrorCode::record_corrupt);
  CHECK(with(1, "\0\0\0\x11"sv) == ErrorCode::record_corrupt);
  CHECK(with(1, "\xff\xff\xff\xff"sv) == ErrorCode::record_corrupt);
  CHECK(with(5, "\0\0\0\x07"sv) == ErrorCode::record_corrupt);
  CHECK(with(5, "\0\x10\0\x01"sv) == ErrorCode::record_corrupt);
  CHECK(with(5, "\xff\xff\xff\xff"sv) == ErrorCode::record_corrupt);
}

TEST_CASE("password: with a flipped bit in salt or hash the right password is wrong") {
  const Bytes good = verifier_of("correct horse");
  for (std::size_t at = 9; at < good.size(); ++at) {
    Bytes changed = good;
    changed[at] ^= 1U;
    CHECK(check_verifier(changed, SecretText("correct horse"), kPepper) == false);
  }
}

TEST_CASE("password: a verifier with a cost outside the limits is not made") {
  SystemRandom random;
  for (const PasswordCost cost : {PasswordCost{0, 64}, PasswordCost{17, 64}, PasswordCost{1, 7},
                                  PasswordCost{1, 1024 * 1024 + 1}}) {
    CHECK_FALSE(make_verifier(SecretText("x"), kPepper, cost, random));
  }
}
