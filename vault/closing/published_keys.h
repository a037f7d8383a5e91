#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "crypto/ed25519.h"
#include "crypto/keys/keyring.h"

namespace cardvault {

/// The public half of a key that signs receipts or messages to channels.
struct PublishedKey {
  std::string id;
  std::string purpose;  ///< "receipt_signing" or "channel_signing"
  Ed25519PublicKey key{};
};

/// Returns all such keys of the keyring except destroyed ones: a destroyed key has no public half
/// either.
[[nodiscard]] std::vector<PublishedKey> published_keys(const Keyring& keyring);

/// Renders a JSON Web Key Set (RFC 7517, 8037): `{"keys":[{kty, crv, kid, x, use, alg, purpose,
/// webhook_key, created_at}]}`. This is the answer of /.well-known/cardvault-keys.
[[nodiscard]] std::string render_published_keys(const Keyring& keyring);

/// Reads the Ed25519 keys of such a document and skips other keys. Errors: malformed_json,
/// invalid_request.
[[nodiscard]] Result<std::vector<PublishedKey>> parse_published_keys(std::string_view document);

}  // namespace cardvault
