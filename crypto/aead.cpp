#include "crypto/aead.h"

#include <sodium.h>

#include <cstdlib>

namespace cardvault {

static_assert(kAeadKeySize == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
static_assert(kAeadNonceSize == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);
static_assert(kAeadTagSize == crypto_aead_xchacha20poly1305_ietf_ABYTES);

void aead_seal(ByteView key, ByteView plaintext, ByteView associated, RandomSource& random,
               Bytes& out) {
  if (key.size() != kAeadKeySize) std::abort();
  const std::size_t start = out.size();
  out.resize(start + kAeadOverhead + plaintext.size());
  const auto nonce = std::span(out).subspan(start, kAeadNonceSize);
  random.fill(nonce);
  crypto_aead_xchacha20poly1305_ietf_encrypt(nonce.data() + kAeadNonceSize, nullptr,
                                             plaintext.data(), plaintext.size(), associated.data(),
                                             associated.size(), nullptr, nonce.data(), key.data());
}

Result<Bytes> aead_open(ByteView key, ByteView sealed, ByteView associated) {
  const auto corrupt = [] {
    return fail(ErrorCode::record_corrupt, "A stored record cannot be opened.");
  };
  if (key.size() != kAeadKeySize || sealed.size() < kAeadOverhead) return corrupt();
  const ByteView body = sealed.subspan(kAeadNonceSize);
  Bytes plaintext(sealed.size() - kAeadOverhead);
  const int outcome = crypto_aead_xchacha20poly1305_ietf_decrypt(
      plaintext.data(), nullptr, nullptr, body.data(), body.size(), associated.data(),
      associated.size(), sealed.data(), key.data());
  if (outcome != 0) return corrupt();
  return plaintext;
}

}  // namespace cardvault
