#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/random.h"
#include "base/result.h"

namespace cardvault::paseto {

/// PASETO v4.local (paseto-standard/paseto-spec, docs/01-Protocol-Versions/Version4.md): encrypted
/// with XChaCha20, authenticated with keyed BLAKE2b over header, nonce, ciphertext, footer and the
/// implicit assertion. The footer is readable by anyone; the assertion is not in the token at all
/// and must be the same on both sides.
inline constexpr std::string_view kHeader = "v4.local.";
inline constexpr std::size_t kKeySize = 32;
inline constexpr std::size_t kNonceSize = 32;

/// `key` has kKeySize bytes, `nonce` kNonceSize random ones. Use the other overload: this one
/// exists for the published vectors.
[[nodiscard]] std::string encrypt_with_nonce(ByteView key, ByteView nonce, std::string_view message,
                                             std::string_view footer, std::string_view assertion);
[[nodiscard]] std::string encrypt(ByteView key, std::string_view message, std::string_view footer,
                                  std::string_view assertion, RandomSource& random);

/// The footer of a token of this version, not yet authenticated: good for choosing a key, for
/// nothing else. nullopt when the text is not a v4.local token or is longer than 4096 characters.
[[nodiscard]] std::optional<std::string> unverified_footer(std::string_view token);

/// The message; token_invalid for every way a token can be wrong (header, base64url, length, tag,
/// footer that is not `footer`, other assertion, other key).
[[nodiscard]] Result<std::string> decrypt(ByteView key, std::string_view token,
                                          std::string_view footer, std::string_view assertion);

}  // namespace cardvault::paseto
