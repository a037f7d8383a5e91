#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "crypto/secret.h"

namespace cardvault {

/// The JSON of the transit engine's encrypt and decrypt, bytes in base64 (RFC 4648, 4, padded). A
/// body that holds a key is wiped by whoever asked for it.

/// {"plaintext": ..., "associated_data": ...}
[[nodiscard]] std::string encrypt_request(const SecretBytes& key, std::string_view associated);
/// {"ciphertext": ..., "associated_data": ...}. `ciphertext` is one (see is_ciphertext).
[[nodiscard]] std::string decrypt_request(std::string_view ciphertext, std::string_view associated);

/// "vault:v", the number of the key's version, ":" and base64; 2048 characters at most.
[[nodiscard]] bool is_ciphertext(std::string_view text);

/// The `ciphertext` in the `data` of an answer, nullopt when there is none.
[[nodiscard]] std::optional<std::string> ciphertext_of(ByteView body);
/// The `plaintext` likewise, decoded. It is taken out of `body` before the JSON is read: a parser
/// would make copies of it that nobody wipes.
[[nodiscard]] std::optional<SecretBytes> plaintext_of(SecretBytes& body);

/// The first of the `errors` of an answer that is not 2xx, for a log: printable, 200 bytes at most,
/// "" when there is none. A word of more than 32 bytes is left out: it could be a key.
[[nodiscard]] std::string error_of(ByteView body);

}  // namespace cardvault
