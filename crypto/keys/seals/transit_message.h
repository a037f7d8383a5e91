#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "crypto/secret.h"

namespace cardvault {

/// The JSON of the transit engine's encrypt and decrypt. Bytes are in base64 (RFC 4648, 4, padded).
/// The caller must wipe a body that holds a key.

/// {"plaintext": ..., "associated_data": ...}
[[nodiscard]] std::string encrypt_request(const SecretBytes& key, std::string_view associated);
/// {"ciphertext": ..., "associated_data": ...}. `ciphertext` must satisfy is_ciphertext().
[[nodiscard]] std::string decrypt_request(std::string_view ciphertext, std::string_view associated);

/// True for "vault:v", the number of the key's version, ":" and base64, of at most 2048 characters.
[[nodiscard]] bool is_ciphertext(std::string_view text);

/// The `ciphertext` in the `data` of an answer; nullopt if there is none.
[[nodiscard]] std::optional<std::string> ciphertext_of(ByteView body);
/// The decoded `plaintext`; nullopt if there is none. It is taken out of `body` before the JSON is
/// parsed: the parser would make copies of it that are never wiped.
[[nodiscard]] std::optional<SecretBytes> plaintext_of(SecretBytes& body);

/// The first of the `errors` in an answer that is not 2xx, for a log: printable, at most 200 bytes,
/// "" if there is none. "..." replaces a word of more than 32 bytes, because it could be a key.
[[nodiscard]] std::string error_of(ByteView body);

}  // namespace cardvault
