#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/random.h"
#include "base/result.h"
#include "crypto/secret.h"

namespace cardvault {

/// Work of one Argon2id evaluation (RFC 9106). The default is OWASP's first choice for interactive
/// logins (Password Storage Cheat Sheet: 19 MiB, two passes, one lane).
struct PasswordCost {
  std::uint32_t passes = 2;
  std::uint32_t memory_kib = 19 * 1024;
};

/// What is kept of a password or gesture: useless for guessing without the pepper key.
///
///   verifier = format (1) | passes (4, big endian) | memory in KiB (4) | salt (16) | hash (32)
///   hash = Argon2id(HMAC-SHA-256(pepper, opaque_string(secret)), salt)
///
/// The format is 2. One of format 1, which older versions made, is of the secret byte for byte and
/// is still checked so. Either costs one evaluation. invalid_request for a secret that
/// opaque_string() refuses.
[[nodiscard]] Result<Bytes> make_verifier(const SecretText& secret, ByteView pepper,
                                          PasswordCost cost, RandomSource& random);

/// True when `secret` is the one the verifier was made from. record_corrupt for a verifier that is
/// not well-formed; busy when memory for the evaluation is not to be had. Blocks for the whole
/// evaluation (tens of milliseconds): run it behind a VerificationGate.
[[nodiscard]] Result<bool> check_verifier(ByteView verifier, const SecretText& secret,
                                          ByteView pepper);

}  // namespace cardvault
