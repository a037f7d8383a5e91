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

/// Makes the stored verifier of a password or gesture. Without the pepper key it does not help to
/// guess the secret.
///
///   verifier = format (1) | passes (4, big endian) | memory in KiB (4) | salt (16) | hash (32)
///   hash = Argon2id(HMAC-SHA-256(pepper, opaque_string(secret)), salt)
///
/// The format is 2. Older versions made format 1, which hashes the secret byte for byte;
/// check_verifier() still accepts it. Either format costs one evaluation. invalid_request if
/// opaque_string() refuses the secret; internal if `cost` is outside 1-16 passes and 8 KiB - 1 GiB;
/// busy if there is no memory for the evaluation.
[[nodiscard]] Result<Bytes> make_verifier(const SecretText& secret, ByteView pepper,
                                          PasswordCost cost, RandomSource& random);

/// True if the verifier was made from `secret`. record_corrupt if the verifier is not well-formed;
/// busy if there is no memory for the evaluation. It blocks for the whole evaluation (tens of
/// milliseconds), so run it behind a VerificationGate.
[[nodiscard]] Result<bool> check_verifier(ByteView verifier, const SecretText& secret,
                                          ByteView pepper);

}  // namespace cardvault
