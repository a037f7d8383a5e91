#include "crypto/keys/seals/pkcs11_seal.h"

#include <catch2/catch_test_macros.hpp>
#include <thread>

#include "crypto/aead.h"
#include "crypto/error_codes.h"
#include "crypto/random.h"
#include "tests/support/soft_hsm.h"

namespace cardvault::test {
namespace {

bool says(const std::string& text, std::string_view word) {
  return text.contains(word);
}

template <class T>
bool is_corrupt(const Result<T>& outcome) {
  return !outcome && outcome.error().code == ErrorCode::record_corrupt;
}

/// The detail of key_unavailable. Checks that it does not contain the PIN.
std::string refusal(const Pkcs11Place& place, std::string_view pin = SoftHsm::kPin) {
  SystemRandom random;
  const auto opened = Pkcs11Seal::open(place, SecretText(pin), random);
  if (opened || opened.error().code != CryptoError::key_unavailable) return {};
  CHECK_FALSE((!pin.empty() && says(opened.error().detail + opened.error().inside.text, pin)));
  return opened.error().detail;
}

struct Opened {
  explicit Opened(const std::string& token = "vault", const std::string& key = "root")
      : seal(Pkcs11Seal::open(SoftHsm::place(token, key), SoftHsm::pin(), random).value()) {}

  SystemRandom random;
  std::unique_ptr<Pkcs11Seal> seal;
};

void make_key(const std::string& token = "vault", const std::string& key = "root") {
  REQUIRE(Pkcs11Seal::create_key(SoftHsm::place(token, key), SoftHsm::pin()).has_value());
}

SecretBytes some_key() {
  SystemRandom random;
  return SecretBytes::random(kAeadKeySize, random);
}

bool opens(Seal& seal, ByteView wrapped, const SecretBytes& key) {
  const auto opened = seal.unwrap(wrapped);
  return opened && equal_constant_time(opened->expose(), key.expose());
}

TEST_CASE("pkcs11: a key wrapped by the token unwraps, also in a later seal") {
  const SoftHsm hsm({"vault"});
  make_key();
  const SecretBytes key = some_key();
  Bytes wrapped;
  {
    const Opened first;
    CHECK(first.seal->kind() == SealKind::pkcs11);
    wrapped = first.seal->wrap(key).value();
    CHECK(opens(*first.seal, wrapped, key));
  }
  const Opened later;
  CHECK(opens(*later.seal, wrapped, key));
}

TEST_CASE("pkcs11: a wrapped key is format, nonce, ciphertext and tag with a new nonce each time") {
  const SoftHsm hsm({"vault"});
  make_key();
  const Opened opened;
  const SecretBytes key = some_key();
  const Bytes one = opened.seal->wrap(key).value();
  const Bytes two = opened.seal->wrap(key).value();
  CHECK(one.size() == 1 + 12 + 32 + 16);
  CHECK(one[0] == 1);
  CHECK_FALSE(std::ranges::equal(ByteView(one).subspan(1, 12), ByteView(two).subspan(1, 12)));
  CHECK_FALSE(as_text(one).contains(as_text(key.expose())));
}

TEST_CASE("pkcs11: a wrapped key with a flipped bit or another length is corrupt") {
  const SoftHsm hsm({"vault"});
  make_key();
  const Opened opened;
  const SecretBytes key = some_key();
  const Bytes wrapped = opened.seal->wrap(key).value();
  for (std::size_t bit = 0; bit < wrapped.size() * 8; ++bit) {
    CAPTURE(bit);
    Bytes changed = wrapped;
    changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ (1U << (bit % 8)));
    CHECK(is_corrupt(opened.seal->unwrap(changed)));
  }
  for (std::size_t size = 0; size < wrapped.size(); ++size) {
    CHECK(is_corrupt(opened.seal->unwrap(ByteView(wrapped).first(size))));
  }
  Bytes longer = wrapped;
  longer.push_back(0);
  CHECK(is_corrupt(opened.seal->unwrap(longer)));
  CHECK(opens(*opened.seal, wrapped, key));
}

TEST_CASE("pkcs11: a key wrapped under another key is corrupt") {
  const SoftHsm hsm({"vault", "other"});
  make_key();
  make_key("vault", "second");
  make_key("other");
  const Opened opened;
  CHECK(is_corrupt(opened.seal->unwrap(Opened("vault", "second").seal->wrap(some_key()).value())));
  CHECK(is_corrupt(opened.seal->unwrap(Opened("other").seal->wrap(some_key()).value())));
}

TEST_CASE("pkcs11: a wrong PIN is refused") {
  const SoftHsm hsm({"vault"});
  make_key();
  CHECK(refusal(SoftHsm::place("vault"), "test-pin-4712") ==
        "The token \"vault\" refuses the PIN.");
  const Status made =
      Pkcs11Seal::create_key(SoftHsm::place("vault", "new"), SecretText("test-pin-4712"));
  REQUIRE_FALSE(made.has_value());
  CHECK(made.error().code == CryptoError::key_unavailable);
  CHECK(made.error().inside.text == "C_Login: CKR_PIN_INCORRECT");
}

TEST_CASE("pkcs11: PINs and labels of an impossible length are refused") {
  const SoftHsm hsm({"vault"});
  for (const std::size_t size : {0U, 3U, 256U}) {
    CHECK(says(refusal(SoftHsm::place("vault"), std::string(size, '#')), "4 to 255"));
  }
  for (const std::size_t size : {0U, 33U}) {
    CHECK(says(refusal(SoftHsm::place(std::string(size, 'a'))), "1 to 32"));
  }
  for (const std::size_t size : {0U, 256U}) {
    CHECK(says(refusal(SoftHsm::place("vault", std::string(size, 'a'))), "1 to 255"));
  }
}

TEST_CASE("pkcs11: a module is the absolute path of a loadable library") {
  const SoftHsm hsm({"vault"});
  for (const std::string& module :
       {std::string("libsofthsm2.so"), std::string(), std::string("/nowhere/module.so"),
        std::string("/proc/self/exe"), SoftHsm::module() + std::string(1, '\0')}) {
    CAPTURE(module);
    Pkcs11Place place = SoftHsm::place("vault");
    place.module = module;
    CHECK(says(refusal(place), "cannot be loaded"));
  }
}

TEST_CASE("pkcs11: a token label must match exactly one token") {
  const SoftHsm hsm({"vault", "twin", "twin"});
  CHECK(says(refusal(SoftHsm::place("vaul")), "has no token"));
  CHECK(says(refusal(SoftHsm::place("vault2")), "has no token"));
  CHECK(says(refusal(SoftHsm::place("twin")), "More than one token"));
}

TEST_CASE("pkcs11: threads may share a seal") {
  const SoftHsm hsm({"vault"});
  make_key();
  const Opened opened;
  std::vector<std::jthread> threads;
  std::atomic<int> done = 0;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 25; ++round) {
        const SecretBytes key = some_key();
        const auto wrapped = opened.seal->wrap(key);
        if (wrapped && opens(*opened.seal, *wrapped, key)) ++done;
      }
    });
  }
  threads.clear();
  CHECK(done == 100);
}

}  // namespace
}  // namespace cardvault::test
