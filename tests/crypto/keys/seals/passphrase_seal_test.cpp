#include "crypto/keys/seals/passphrase_seal.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <string>

#include "crypto/big_endian.h"
#include "crypto/error_codes.h"
#include "crypto/random.h"
#include "tests/crypto/keys/seals/seal_bytes.h"
#include "tests/crypto/published_vectors.h"

using namespace cardvault;
using namespace cardvault::test;

namespace {

constexpr PasswordCost kCheap{.passes = 1, .memory_kib = 8 * 1024};
constexpr std::string_view kPassphrase = "correct horse battery";
// Made by the version before format 2 from the passphrase "cafe", U+0301, " battery staple".
constexpr std::string_view kOldWrapped =
    "01000000010000200027ffcbaaeb95d828d4f16ad9f6c9096aed29cb7e5fa24818265c636fc92c13"
    "647a9d88b661f7da63d5ccc6eb0dfc3788238fa5cc409570594cef640542152202b9d6ae4885d611"
    "ee6f9a45ed9e6600daa0384c5df4a01002";
constexpr std::size_t kPassesAt = 1;
constexpr std::size_t kMemoryAt = 5;
constexpr std::size_t kSaltAt = 9;

SystemRandom system_random;

PassphraseSeal seal_of(std::string_view passphrase, PasswordCost cost = kCheap) {
  return {SecretText(passphrase), system_random, cost};
}

Bytes wrapped(PasswordCost cost = kCheap) {
  return seal_of(kPassphrase, cost).wrap(some_key()).value();
}

Bytes with_number(Bytes bytes, std::size_t at, std::uint32_t number) {
  std::ranges::copy(to_big_endian(number), bytes.begin() + static_cast<std::ptrdiff_t>(at));
  return bytes;
}

std::string detail_of(std::string_view passphrase, const Bytes& bytes) {
  const auto outcome = seal_of(passphrase).unwrap(bytes);
  return corrupt(outcome) ? outcome.error().detail : "";
}

bool is_weak(std::string_view passphrase) {
  const auto made = PassphraseSeal::create(SecretText(passphrase), system_random, kCheap);
  return !made && made.error().code == CryptoError::weak_credential &&
         made.error().fields.at(0).field == "passphrase" &&
         made.error().fields.at(0).reason == "too_short";
}

}  // namespace

TEST_CASE("passphrase: a wrapped key unwraps with its passphrase and shows nothing of the key") {
  const Bytes bytes = wrapped();
  CHECK(is_some_key(seal_of(kPassphrase).unwrap(bytes)));
  CHECK_FALSE(shows_key(bytes));
  CHECK(as_text(bytes).find("horse") == std::string_view::npos);
  CHECK(seal_of(kPassphrase).kind() == SealKind::passphrase);
}

TEST_CASE("passphrase: another passphrase fails with another message than damage") {
  const Bytes bytes = wrapped();
  for (const std::string_view other :
       {"correct horse batterz", "correct horse battery ", "Correct horse battery", ""}) {
    CAPTURE(other);
    CHECK(detail_of(other, bytes) == "This passphrase does not open the keyring.");
  }
  CHECK(detail_of(kPassphrase, Bytes{1}) ==
        "The stored key is damaged or was not sealed by a passphrase.");
}

TEST_CASE("passphrase: a wrapped key stores its cost and unwraps with the stored one") {
  const Bytes bytes = wrapped({.passes = 2, .memory_kib = 9 * 1024});
  CHECK(to_hex(ByteView(bytes).first(kSaltAt)) == "020000000200002400");
  CHECK(bytes.size() == 25 + 24 + 32 + 16);
  CHECK(is_some_key(seal_of(kPassphrase, kCheap).unwrap(bytes)));
}

TEST_CASE("passphrase: the default cost of wrapping is the recommendation of RFC 9106") {
  const auto seal = PassphraseSeal::create(SecretText(kPassphrase), system_random).value();
  const Bytes bytes = seal->wrap(some_key()).value();
  CHECK(to_hex(ByteView(bytes).first(kSaltAt)) == "020000000300010000");
  CHECK(is_some_key(seal->unwrap(bytes)));
}

TEST_CASE("passphrase: a stored cost above the limits or below the minimum is refused") {
  const Bytes good = wrapped();
  for (const std::uint32_t passes : {0U, 17U, 0x01000001U, 0xffffffffU}) {
    CHECK(detail_of(kPassphrase, with_number(good, kPassesAt, passes)).starts_with("The stored"));
  }
  for (const std::uint32_t kib : {0U, 8U * 1024 - 1, 1024U * 1024 + 1, 0xffffffffU}) {
    CHECK(detail_of(kPassphrase, with_number(good, kMemoryAt, kib)).starts_with("The stored"));
  }
}

TEST_CASE("passphrase: a stored cost changed within the limits does not unwrap the key") {
  const Bytes good = wrapped();
  CHECK(corrupt(seal_of(kPassphrase).unwrap(with_number(good, kPassesAt, 2))));
  CHECK(corrupt(seal_of(kPassphrase).unwrap(with_number(good, kMemoryAt, 8 * 1024 + 1))));
}

TEST_CASE("passphrase: a seal with a cost outside the limits does not wrap") {
  for (const PasswordCost cost : {PasswordCost{0, 8 * 1024}, PasswordCost{17, 8 * 1024},
                                  PasswordCost{1, 8 * 1024 - 1}, PasswordCost{1, 1 << 21}}) {
    const auto outcome = seal_of(kPassphrase, cost).wrap(some_key());
    REQUIRE_FALSE(outcome.has_value());
    CHECK(outcome.error().code == ErrorCode::internal);
  }
}

TEST_CASE("passphrase: a wrapped key that is cut or has a flipped bit is corrupt") {
  const Bytes good = wrapped();
  PassphraseSeal seal = seal_of(kPassphrase);
  CHECK(opened_when_cut(seal, good) == 0);
  CHECK(opened_when_flipped(seal, good, kSaltAt * 8) == 0);
  for (std::size_t bit = 0; bit < 8; ++bit) CHECK(corrupt(seal.unwrap(flipped(good, bit))));
}

TEST_CASE("passphrase: wrapping twice gives two salts and two results") {
  const Bytes first = wrapped();
  const Bytes second = wrapped();
  CHECK_FALSE(std::ranges::equal(ByteView(first).subspan(kSaltAt, 16),
                                 ByteView(second).subspan(kSaltAt, 16)));
  CHECK(first != second);
}

TEST_CASE("passphrase: a new passphrase needs twelve characters in any alphabet") {
  CHECK(is_weak(""));
  CHECK(is_weak("11 letters!"));
  CHECK(is_weak("éééééééé"));
  CHECK_FALSE(is_weak("12 letters!!"));
  CHECK_FALSE(is_weak("ключ от дома"));
  CHECK(is_weak("ключ от дом"));
}

TEST_CASE("passphrase: a passphrase too short for a new vault still opens an old one") {
  const Bytes old = seal_of("short").wrap(some_key()).value();
  CHECK(is_some_key(seal_of("short").unwrap(old)));
}

TEST_CASE("passphrase: accents, width and kind of space may differ between spellings") {
  const Bytes bytes = seal_of("caf\u00e9 battery staple").wrap(some_key()).value();
  CHECK(is_some_key(seal_of("cafe\u0301\u00a0battery staple").unwrap(bytes)));
  CHECK(is_some_key(seal_of("ｃａｆｅ\u0301\u3000ｂａｔｔｅｒｙ staple").unwrap(bytes)));
  CHECK(corrupt(seal_of("cafe battery staple").unwrap(bytes)));
  CHECK(corrupt(seal_of("Caf\u00e9 battery staple").unwrap(bytes)));
}

TEST_CASE("passphrase: a key wrapped in format 1 unwraps only with the same bytes") {
  const Bytes old = from_hex(kOldWrapped);
  CHECK(is_some_key(seal_of("cafe\u0301 battery staple").unwrap(old)));
  CHECK(corrupt(seal_of("caf\u00e9 battery staple").unwrap(old)));
  Bytes relabelled = old;
  relabelled[0] = 2;
  CHECK(corrupt(seal_of("cafe\u0301 battery staple").unwrap(relabelled)));
}

TEST_CASE(
    "passphrase: invisible characters are refused and the length counts composed characters") {
  const auto refused =
      PassphraseSeal::create(SecretText("battery\u200bstaple"), system_random, kCheap);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == ErrorCode::invalid_request);
  CHECK(refused.error().fields.at(0).reason == "not_allowed");
  CHECK(is_weak("e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301"));
}
