#include "crypto/ed25519.h"

#include <sodium.h>

#include <cstdlib>

#include "crypto/secret.h"

namespace cardvault {
namespace {

static_assert(kEd25519SeedSize == crypto_sign_SEEDBYTES);
static_assert(std::tuple_size_v<Ed25519Signature> == crypto_sign_BYTES);
static_assert(std::tuple_size_v<Ed25519PublicKey> == crypto_sign_PUBLICKEYBYTES);

/// libsodium's own form of a key pair: the seed, then the public half. The destructor wipes it.
class KeyPair {
 public:
  explicit KeyPair(ByteView seed) {
    if (seed.size() != kEd25519SeedSize) std::abort();
    crypto_sign_seed_keypair(public_key_.data(), secret_.data(), seed.data());
  }
  ~KeyPair() { wipe(secret_); }
  KeyPair(const KeyPair&) = delete;
  KeyPair& operator=(const KeyPair&) = delete;

  [[nodiscard]] const Ed25519PublicKey& public_key() const { return public_key_; }
  [[nodiscard]] Ed25519Signature sign(ByteView message) const {
    Ed25519Signature signature{};
    crypto_sign_detached(signature.data(), nullptr, message.data(), message.size(), secret_.data());
    return signature;
  }

 private:
  Ed25519PublicKey public_key_{};
  std::array<std::uint8_t, crypto_sign_SECRETKEYBYTES> secret_{};
};

}  // namespace

Ed25519Signature sign_ed25519(ByteView seed, ByteView message) {
  return KeyPair(seed).sign(message);
}

Ed25519PublicKey ed25519_public_key(ByteView seed) {
  return KeyPair(seed).public_key();
}

bool verify_ed25519(const Ed25519PublicKey& key, ByteView message,
                    const Ed25519Signature& signature) {
  return crypto_sign_verify_detached(signature.data(), message.data(), message.size(),
                                     key.data()) == 0;
}

std::string to_base64(ByteView bytes) {
  constexpr int kVariant = sodium_base64_VARIANT_ORIGINAL;
  std::string text(sodium_base64_encoded_len(bytes.size(), kVariant), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), kVariant);
  text.pop_back();
  return text;
}

std::optional<Bytes> from_base64(std::string_view text) {
  // libsodium needs a valid pointer even for an empty buffer.
  Bytes bytes(text.size() / 4 * 3 + 1);
  std::size_t size = 0;
  const int outcome = sodium_base642bin(bytes.data(), bytes.size(), text.data(), text.size(),
                                        nullptr, &size, nullptr, sodium_base64_VARIANT_ORIGINAL);
  if (outcome != 0) return std::nullopt;
  bytes.resize(size);
  // libsodium 1.0.18 takes bytes from 0x80 on for digits. Encoding again accepts only the one right
  // spelling.
  if (to_base64(bytes) != text) return std::nullopt;
  return bytes;
}

}  // namespace cardvault
