#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/random.h"
#include "base/result.h"

namespace cardvault::paseto {

/// PASETO v4.local (paseto-standard/paseto-spec, docs/01-Protocol-Versions/Version4.md). XChaCha20
/// encrypts the message. Keyed BLAKE2b authenticates header, nonce, ciphertext, footer and the
/// implicit assertion. Anyone can read the footer. The token does not contain the assertion; both
/// sides must know it.
inline constexpr std::string_view kHeader = "v4.local.";
inline constexpr std::size_t kKeySize = 32;
inline constexpr std::size_t kNonceSize = 32;

/// `key` must have kKeySize bytes and `nonce` kNonceSize random bytes. This overload exists for the
/// published test vectors; use encrypt() everywhere else.
[[nodiscard]] std::string encrypt_with_nonce(ByteView key, ByteView nonce, std::string_view message,
                                             std::string_view footer, std::string_view assertion);
[[nodiscard]] std::string encrypt(ByteView key, std::string_view message, std::string_view footer,
                                  std::string_view assertion, RandomSource& random);

/// Footer of a v4.local token, "" if it has none. It is not authenticated yet: use it only to
/// choose a key. nullopt if the text is not a v4.local token or is longer than 4096 characters.
[[nodiscard]] std::optional<std::string> unverified_footer(std::string_view token);

/// Returns the message. token_invalid for every kind of wrong token: header, base64url, length,
/// tag, a footer other than `footer`, another assertion, another key.
[[nodiscard]] Result<std::string> decrypt(ByteView key, std::string_view token,
                                          std::string_view footer, std::string_view assertion);

}  // namespace cardvault::paseto
