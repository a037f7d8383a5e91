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

/// All that the keyring can still show: a destroyed key leaves with its private half.
[[nodiscard]] std::vector<PublishedKey> published_keys(const Keyring& keyring);

/// A JSON Web Key Set (RFC 7517, 8037): `{"keys":[{kty, crv, kid, x, use, alg, purpose,
/// webhook_key, created_at}]}`. What /.well-known/cardvault-keys answers.
[[nodiscard]] std::string render_published_keys(const Keyring& keyring);

/// The Ed25519 keys of such a document; others are passed over. malformed_json, invalid_request.
[[nodiscard]] Result<std::vector<PublishedKey>> parse_published_keys(std::string_view document);

}  // namespace cardvault
