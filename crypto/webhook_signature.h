#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "crypto/ed25519.h"

namespace cardvault {

/// The three header values of a signed message (Standard Webhooks 1.0.0, "Webhook headers").
struct WebhookHeaders {
  std::string id;         ///< webhook-id: the same on every try of one message
  std::string timestamp;  ///< webhook-timestamp: seconds since 1970 (ten digits), of this try
  std::string signature;  ///< webhook-signature: "v1a," and base64, several with spaces between
};

/// How far a timestamp may be from the receiver's clock, both ways: what the specification's own
/// libraries allow, enough for clocks that are a little off, short for a replay.
inline constexpr Seconds kWebhookTolerance{5 * 60};

/// Signs "id.timestamp.body" with Ed25519 (Standard Webhooks, asymmetric scheme v1a), once with
/// each of `seeds`: a receiver that knows one of the keys is content. `id` is 1 to 128 visible
/// ASCII characters; it may have dots, but no part behind a dot that looks like a timestamp, or the
/// signature would also fit the same text cut at other dots. `at` is between September 2001 and
/// November 2286, the years of ten digits.
[[nodiscard]] WebhookHeaders sign_webhook(std::span<const ByteView> seeds, std::string_view id,
                                          Time at, std::string_view body);
[[nodiscard]] WebhookHeaders sign_webhook(ByteView seed, std::string_view id, Time at,
                                          std::string_view body);

/// signature_invalid when a header is missing, malformed (id and timestamp as above) or none of the
/// first 16 v1a signatures is by `key`, other schemes not counted; signature_expired when the
/// timestamp is further than kWebhookTolerance from `now` (decided only after a signature was found
/// right).
[[nodiscard]] Status verify_webhook(const Ed25519PublicKey& key, const WebhookHeaders& headers,
                                    Time now, std::string_view body);

/// "whpk_" and base64: how Standard Webhooks writes a public key.
[[nodiscard]] std::string webhook_public_key(const Ed25519PublicKey& key);
[[nodiscard]] std::optional<Ed25519PublicKey> parse_webhook_public_key(std::string_view text);

}  // namespace cardvault
