#include "crypto/keys/seals/pkcs11_key.h"

#include <catch2/catch_test_macros.hpp>

#include "crypto/aead.h"
#include "crypto/error_codes.h"
#include "crypto/random.h"
#include "tests/support/soft_hsm.h"

namespace cardvault::test {
namespace {

/// The attributes of a key in the token. The defaults are those of a root key.
struct Made {
  CK_MECHANISM_TYPE mechanism = CKM_AES_KEY_GEN;
  CK_ULONG size = kAeadKeySize;
  CK_BBOOL is_private = CK_TRUE;
  CK_BBOOL sensitive = CK_TRUE;
  CK_BBOOL extractable = CK_FALSE;
};

/// A session of the token's user, as another program would have it.
struct User {
  User() {
    const std::lock_guard lock(Pkcs11Module::lock());
    session = Pkcs11Session::open(Pkcs11Module::load(SoftHsm::module()).value(), "vault",
                                  Pkcs11Session::Access::write)
                  .value();
    Error why;
    REQUIRE(session->log_in(SoftHsm::pin(), why) == Pkcs11Session::Login::done);
  }

  void make(std::string label, Made made) const {
    CK_BBOOL yes = CK_TRUE;
    std::array wanted{CK_ATTRIBUTE{CKA_TOKEN, &yes, sizeof yes},
                      CK_ATTRIBUTE{CKA_PRIVATE, &made.is_private, sizeof made.is_private},
                      CK_ATTRIBUTE{CKA_SENSITIVE, &made.sensitive, sizeof made.sensitive},
                      CK_ATTRIBUTE{CKA_EXTRACTABLE, &made.extractable, sizeof made.extractable},
                      CK_ATTRIBUTE{CKA_VALUE_LEN, &made.size, sizeof made.size},
                      CK_ATTRIBUTE{CKA_LABEL, label.data(), label.size()}};
    CK_MECHANISM mechanism{made.mechanism, nullptr, 0};
    CK_OBJECT_HANDLE key = 0;
    REQUIRE(session->calls().C_GenerateKey(session->handle(), &mechanism, wanted.data(),
                                           wanted.size(), &key) == CKR_OK);
  }

  [[nodiscard]] CK_RV read(CK_OBJECT_HANDLE key, CK_ATTRIBUTE_TYPE type, void* to,
                           CK_ULONG size) const {
    CK_ATTRIBUTE asked{type, to, size};
    return session->calls().C_GetAttributeValue(session->handle(), key, &asked, 1);
  }
  [[nodiscard]] bool says(CK_OBJECT_HANDLE key, CK_ATTRIBUTE_TYPE type) const {
    CK_BBOOL value = CK_FALSE;
    REQUIRE(read(key, type, &value, sizeof value) == CKR_OK);
    return value == CK_TRUE;
  }

  std::unique_ptr<Pkcs11Session> session;
};

std::string refusal(const std::string& key) {
  SystemRandom random;
  const auto opened = Pkcs11Seal::open(SoftHsm::place("vault", key), SoftHsm::pin(), random);
  if (opened || opened.error().code != CryptoError::key_unavailable) return {};
  return opened.error().detail;
}

TEST_CASE("pkcs11 key: a new key stays in its token and can only encrypt and decrypt") {
  const SoftHsm hsm({"vault"});
  REQUIRE(Pkcs11Seal::create_key(SoftHsm::place("vault"), SoftHsm::pin()).has_value());
  const User user;
  const CK_OBJECT_HANDLE key = find_root_key(*user.session, "root").value();
  for (const auto yes : {CKA_TOKEN, CKA_PRIVATE, CKA_SENSITIVE, CKA_ALWAYS_SENSITIVE,
                         CKA_NEVER_EXTRACTABLE, CKA_ENCRYPT, CKA_DECRYPT}) {
    CAPTURE(yes);
    CHECK(user.says(key, yes));
  }
  for (const auto no : {CKA_EXTRACTABLE, CKA_SIGN, CKA_VERIFY, CKA_WRAP, CKA_UNWRAP, CKA_DERIVE}) {
    CAPTURE(no);
    CHECK_FALSE(user.says(key, no));
  }
  std::array<std::uint8_t, kAeadKeySize> value{};
  CHECK(user.read(key, CKA_VALUE, value.data(), value.size()) == CKR_ATTRIBUTE_SENSITIVE);
}

TEST_CASE("pkcs11 key: an existing key with the label is not replaced") {
  const SoftHsm hsm({"vault"});
  const Pkcs11Place place = SoftHsm::place("vault");
  REQUIRE(Pkcs11Seal::create_key(place, SoftHsm::pin()).has_value());
  SystemRandom random;
  const SecretBytes key = SecretBytes::random(kAeadKeySize, random);
  const Bytes wrapped = Pkcs11Seal::open(place, SoftHsm::pin(), random).value()->wrap(key).value();

  const Status again = Pkcs11Seal::create_key(place, SoftHsm::pin());
  REQUIRE_FALSE(again.has_value());
  CHECK(again.error().code == CryptoError::key_unavailable);
  CHECK(again.error().detail ==
        "There is already the key \"root\" in the token \"vault\". It was not changed. Choose "
        "another label.");
  const auto opened =
      Pkcs11Seal::open(place, SoftHsm::pin(), random).value()->unwrap(wrapped).value();
  CHECK(equal_constant_time(opened.expose(), key.expose()));
}

TEST_CASE("pkcs11 key: an error names a missing or duplicate key") {
  const SoftHsm hsm({"vault"});
  CHECK(refusal("root") == "The token \"vault\" has no key with the label \"root\".");
  User().make("root", {});
  CHECK(refusal("root").empty());
  User().make("root", {});
  CHECK(refusal("root") == "The token \"vault\" has more than one key with the label \"root\".");
}

TEST_CASE("pkcs11 key: an extractable key is refused") {
  const SoftHsm hsm({"vault"});
  User().make("extractable", {.extractable = CK_TRUE});
  User().make("readable", {.sensitive = CK_FALSE});
  User().make("public", {.is_private = CK_FALSE});
  for (const char* const label : {"extractable", "readable", "public"}) {
    CAPTURE(label);
    CHECK(refusal(label).contains("must not leave its token"));
  }
}

TEST_CASE("pkcs11 key: a key other than AES-256 is refused") {
  const SoftHsm hsm({"vault"});
  User().make("short", {.size = 16});
  User().make("generic", {.mechanism = CKM_GENERIC_SECRET_KEY_GEN});
  for (const char* const label : {"short", "generic"}) {
    CAPTURE(label);
    CHECK(refusal(label).contains("must be an AES-256 key"));
  }
}

}  // namespace
}  // namespace cardvault::test
