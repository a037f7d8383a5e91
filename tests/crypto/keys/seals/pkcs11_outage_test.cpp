#include <catch2/catch_test_macros.hpp>
#include <mutex>

#include "crypto/aead.h"
#include "crypto/error_codes.h"
#include "crypto/keys/seals/pkcs11_session.h"
#include "crypto/random.h"
#include "tests/support/soft_hsm.h"

namespace cardvault::test {
namespace {

/// A seal with a new key in the token with that label, and a key wrapped by it.
struct Vault {
  explicit Vault(const std::string& token)
      : seal(made(token, random)),
        key(SecretBytes::random(kAeadKeySize, random)),
        wrapped(seal->wrap(key).value()) {}

  [[nodiscard]] static std::unique_ptr<Pkcs11Seal> made(const std::string& token,
                                                        RandomSource& random) {
    const Pkcs11Place place = SoftHsm::place(token);
    REQUIRE(Pkcs11Seal::create_key(place, SoftHsm::pin()).has_value());
    return Pkcs11Seal::open(place, SoftHsm::pin(), random).value();
  }
  [[nodiscard]] bool opens() const {
    const auto opened = seal->unwrap(wrapped);
    return opened && equal_constant_time(opened->expose(), key.expose());
  }
  /// The detail of key_unavailable if both wrap and unwrap give it, otherwise empty.
  [[nodiscard]] std::string refusal() const {
    const auto opened = seal->unwrap(wrapped);
    const auto sealed = seal->wrap(key);
    if (opened || opened.error().code != CryptoError::key_unavailable) return {};
    if (sealed || sealed.error().code != CryptoError::key_unavailable) return {};
    return sealed.error().detail;
  }

  SystemRandom random;
  std::unique_ptr<Pkcs11Seal> seal;
  SecretBytes key;
  Bytes wrapped;
};

void change_pin(std::string_view from, std::string_view to) {
  const std::lock_guard lock(Pkcs11Module::lock());
  const auto module = Pkcs11Module::load(SoftHsm::module()).value();
  const auto session = Pkcs11Session::open(module, "vault", Pkcs11Session::Access::write).value();
  Bytes old_pin(from.begin(), from.end());
  Bytes new_pin(to.begin(), to.end());
  REQUIRE(session->calls().C_SetPIN(session->handle(), old_pin.data(), old_pin.size(),
                                    new_pin.data(), new_pin.size()) == CKR_OK);
}

TEST_CASE("pkcs11 outage: a removed token is unavailable and works again after its return") {
  const SoftHsm hsm({"vault"});
  const Vault vault("vault");
  for (int round = 0; round < 2; ++round) {
    hsm.unplug(0);
    CHECK(vault.refusal() == "The PKCS #11 module has no token with the label \"vault\".");
    hsm.plug_in(0);
    CHECK(vault.opens());
  }
}

TEST_CASE("pkcs11 outage: an outage between two calls causes no error") {
  const SoftHsm hsm({"vault"});
  const Vault vault("vault");
  hsm.unplug(0);
  hsm.plug_in(0);
  CHECK(vault.opens());
}

TEST_CASE("pkcs11 outage: a token that appears after the module's start is found") {
  const SoftHsm hsm({"vault"});
  SystemRandom random;
  REQUIRE(Pkcs11Seal::create_key(SoftHsm::place("vault"), SoftHsm::pin()).has_value());
  hsm.unplug(0);
  CHECK_FALSE(Pkcs11Seal::open(SoftHsm::place("vault"), SoftHsm::pin(), random).has_value());
  hsm.plug_in(0);
  CHECK(Pkcs11Seal::open(SoftHsm::place("vault"), SoftHsm::pin(), random).has_value());
}

TEST_CASE("pkcs11 outage: an outage of one token does not disturb the seal of another") {
  const SoftHsm hsm({"vault", "other"});
  const Vault vault("vault");
  const Vault other("other");
  hsm.unplug(0);
  CHECK_FALSE(vault.refusal().empty());
  CHECK(other.opens());
  hsm.plug_in(0);
  CHECK(vault.opens());
  CHECK(other.opens());
  CHECK(vault.opens());
}

TEST_CASE("pkcs11 outage: a PIN refused by the token is not sent again") {
  const SoftHsm hsm({"vault"});
  const Vault vault("vault");
  change_pin(SoftHsm::kPin, "another-pin");
  CHECK(vault.opens());
  hsm.unplug(0);
  CHECK_FALSE(vault.refusal().empty());
  hsm.plug_in(0);
  const auto refused = vault.seal->wrap(vault.key);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().detail == "The token \"vault\" refuses the PIN.");
  CHECK(vault.refusal().contains("does not send the same PIN again"));
  change_pin("another-pin", SoftHsm::kPin);
  CHECK(vault.refusal().contains("does not send the same PIN again"));
  SystemRandom random;
  const auto anew = Pkcs11Seal::open(SoftHsm::place("vault"), SoftHsm::pin(), random).value();
  CHECK(anew->unwrap(vault.wrapped).has_value());
}

}  // namespace
}  // namespace cardvault::test
