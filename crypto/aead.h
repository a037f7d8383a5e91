#pragma once

#include "base/bytes.h"
#include "base/random.h"
#include "base/result.h"
#include "crypto/secret.h"

namespace cardvault {

/// XChaCha20-Poly1305-IETF (draft-irtf-cfrg-xchacha-03). Every message gets a random 192-bit nonce.
/// Up to 2^80 messages under one key, the chance of a repeated nonce stays below 2^-32.
///
///   sealed = nonce (24) | ciphertext (as long as the plaintext) | tag (16)
inline constexpr std::size_t kAeadKeySize = 32;
inline constexpr std::size_t kAeadNonceSize = 24;
inline constexpr std::size_t kAeadTagSize = 16;
inline constexpr std::size_t kAeadOverhead = kAeadNonceSize + kAeadTagSize;

/// Appends the sealed form of `plaintext` to `out`. `key` must have kAeadKeySize bytes.
void aead_seal(ByteView key, ByteView plaintext, ByteView associated, RandomSource& random,
               Bytes& out);

/// Returns the authenticated plaintext, or record_corrupt. The error is the same for short input,
/// another key, other associated data and any flipped bit.
[[nodiscard]] Result<Bytes> aead_open(ByteView key, ByteView sealed, ByteView associated);

}  // namespace cardvault
