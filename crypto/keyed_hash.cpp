#include "crypto/keyed_hash.h"

#include <sodium.h>

#include "crypto/big_endian.h"

namespace cardvault {
namespace {

class Hmac {
 public:
  explicit Hmac(ByteView key) {
    // libsodium needs a valid pointer even for an empty key.
    const std::uint8_t* bytes = key.empty() ? &kNoKey : key.data();
    crypto_auth_hmacsha256_init(&state_, bytes, key.size());
  }
  ~Hmac() { sodium_memzero(&state_, sizeof state_); }
  Hmac(const Hmac&) = delete;
  Hmac& operator=(const Hmac&) = delete;

  void add(ByteView bytes) { crypto_auth_hmacsha256_update(&state_, bytes.data(), bytes.size()); }
  void add_part(ByteView part) {
    add(to_big_endian(static_cast<std::uint32_t>(part.size())));
    add(part);
  }
  [[nodiscard]] Digest finish() {
    Digest digest{};
    crypto_auth_hmacsha256_final(&state_, digest.data());
    return digest;
  }

 private:
  static constexpr std::uint8_t kNoKey = 0;

  crypto_auth_hmacsha256_state state_;
};

}  // namespace

Digest hmac_sha256(ByteView key, ByteView message) {
  Hmac hmac(key);
  hmac.add(message);
  return hmac.finish();
}

Digest keyed_hash(ByteView key, std::string_view domain, std::initializer_list<ByteView> parts) {
  Hmac hmac(key);
  hmac.add_part(as_bytes(domain));
  for (const ByteView part : parts) hmac.add_part(part);
  return hmac.finish();
}

Digest sha256(ByteView message) {
  Digest digest{};
  crypto_hash_sha256(digest.data(), message.data(), message.size());
  return digest;
}

Digest plain_hash(ByteView message) {
  Digest digest{};
  crypto_generichash(digest.data(), digest.size(), message.data(), message.size(), nullptr, 0);
  return digest;
}

}  // namespace cardvault
