#include "crypto/keys/sealed_keyring.h"

#include <catch2/catch_test_macros.hpp>
#include <utility>

#include "crypto/aead.h"
#include "crypto/error_codes.h"
#include "crypto/keys/seals/root_key.h"
#include "crypto/random.h"
#include "tests/crypto/keys/keyring_bytes.h"

using namespace cardvault;
using namespace cardvault::test;

namespace {

const Time kNow{std::chrono::milliseconds{1'795'420'800'123}};

/// A root key in this process, of any seal kind.
class RootSeal final : public Seal {
 public:
  explicit RootSeal(SealKind kind = SealKind::passphrase) : kind_(kind) {}

  [[nodiscard]] SealKind kind() const override { return kind_; }
  Result<Bytes> wrap(const SecretBytes& key) override {
    return wrap_under_root(root_.expose(), "test", Bytes{7}, key, random_);
  }
  Result<SecretBytes> unwrap(ByteView wrapped) override {
    return unwrap_under_root(root_.expose(), "test", 1, wrapped);
  }

 private:
  SystemRandom random_;
  SealKind kind_;
  SecretBytes root_ = SecretBytes::random(kAeadKeySize, random_);
};

/// A seal that wraps, but whose unwrap fails or gives another key.
class OneWaySeal final : public Seal {
 public:
  explicit OneWaySeal(bool answers) : answers_(answers) {}

  [[nodiscard]] SealKind kind() const override { return SealKind::transit; }
  Result<Bytes> wrap(const SecretBytes&) override { return Bytes{7}; }
  Result<SecretBytes> unwrap(ByteView) override {
    if (answers_) return SecretBytes::random(kAeadKeySize, random_);
    return fail(CryptoError::key_unavailable, "It may not.");
  }

 private:
  SystemRandom random_;
  bool answers_;
};

struct Fixture {
  SystemRandom random;
  RootSeal seal;
  Keyring keyring = Keyring::generate(kNow, random);
  KeyringKey key = KeyringKey::make(seal, 3, random).value();
  Bytes stored = key.seal(keyring, random);
};

template <class T>
ErrorCode code_of(const Result<T>& outcome) {
  return outcome ? ErrorCode::internal : outcome.error().code;
}

}  // namespace

TEST_CASE("sealed keyring: a sealed keyring opens with its seal and shows no key") {
  Fixture it;
  const auto opened = open_keyring(it.seal, it.stored);
  REQUIRE(opened.has_value());
  CHECK(bytes_of(opened->keyring) == bytes_of(it.keyring));
  const ByteView material = it.keyring.keys().at(1).material.expose();
  CHECK(as_text(it.stored).find(as_text(material)) == std::string_view::npos);
}

TEST_CASE("sealed keyring: the keyring key seals a changed keyring without the seal") {
  Fixture it;
  auto opened = open_keyring(it.seal, it.stored);
  REQUIRE(opened.has_value());
  REQUIRE(opened->keyring.add(Purpose::token, kNow, it.random).has_value());
  const Bytes changed = opened->key.seal(opened->keyring, it.random);
  CHECK(bytes_of(it.key.open(changed).value()) == bytes_of(opened->keyring));
}

TEST_CASE("sealed keyring: another root key of the same kind does not open the keyring") {
  Fixture it;
  RootSeal other;
  CHECK(code_of(open_keyring(other, it.stored)) == ErrorCode::record_corrupt);
}

TEST_CASE("sealed keyring: an error about another kind of seal names the right kind") {
  Fixture it;
  RootSeal other(SealKind::transit);
  const auto opened = open_keyring(other, it.stored);
  REQUIRE(code_of(opened) == CryptoError::key_unavailable);
  CHECK(opened.error().detail == "The vault is sealed by passphrase, not by transit.");
}

TEST_CASE("sealed keyring: a keyring under another keyring key is key_unavailable and not damage") {
  Fixture it;
  const KeyringKey fresh = KeyringKey::make(it.seal, 4, it.random).value();
  CHECK(code_of(fresh.open(it.stored)) == CryptoError::key_unavailable);
}

TEST_CASE("sealed keyring: bytes that are cut or have a flipped bit do not open") {
  Fixture it;
  for (std::size_t size = 0; size < it.stored.size(); ++size) {
    const auto outcome = open_keyring(it.seal, ByteView(it.stored).first(size));
    CHECK(code_of(outcome) == ErrorCode::record_corrupt);
  }
  std::size_t opened = 0;
  for (std::size_t bit = 0; bit < it.stored.size() * 8; ++bit) {
    Bytes changed = it.stored;
    changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ (1U << (bit % 8)));
    if (open_keyring(it.seal, changed)) ++opened;
  }
  CHECK(opened == 0);
}

TEST_CASE("sealed keyring: the error about another format names another version") {
  Fixture it;
  for (const std::uint8_t format : Bytes{0, 1, 3}) {
    it.stored[0] = format;
    const auto opened = open_keyring(it.seal, it.stored);
    REQUIRE(code_of(opened) == ErrorCode::record_corrupt);
    CHECK(opened.error().detail == "The stored keyring was written by another version.");
  }
}

TEST_CASE("sealed keyring: the head can be read without a key") {
  Fixture it;
  const auto head = read_seal_head(it.stored);
  REQUIRE(head.has_value());
  CHECK(head->kind == SealKind::passphrase);
  CHECK(head->age == KeyringAge{it.keyring.generation(), 3});
  CHECK(it.seal.unwrap(head->wrapped).has_value());
}

TEST_CASE("sealed keyring: a seal that cannot unwrap its own key is refused") {
  SystemRandom random;
  OneWaySeal refuses(false);
  OneWaySeal mistaken(true);
  CHECK(code_of(KeyringKey::make(refuses, 1, random)) == CryptoError::key_unavailable);
  CHECK(code_of(KeyringKey::make(mistaken, 1, random)) == ErrorCode::record_corrupt);
}
