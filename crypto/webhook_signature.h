#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "crypto/ed25519.h"

namespace cardvault {

/// Values of the three headers of a signed message (Standard Webhooks 1.0.0, "Webhook headers").
struct WebhookHeaders {
  std::string id;         ///< webhook-id: the same for every attempt to send one message
  std::string timestamp;  ///< webhook-timestamp: attempt time, seconds since 1970 (ten digits)
  std::string signature;  ///< webhook-signature: "v1a," and base64; several are separated by spaces
};

/// Maximum difference between a timestamp and the receiver's clock, in both directions. The
/// specification's own libraries allow the same. It tolerates clocks that are a little wrong and
/// leaves little time for a replay.
inline constexpr Seconds kWebhookTolerance{5 * 60};

/// Signs "id.timestamp.body" with Ed25519 (Standard Webhooks, asymmetric scheme v1a), once with
/// each of `seeds`. A receiver needs to know only one of the keys.
///
/// `id` is 1 to 128 visible ASCII characters. It may have dots, but no part after a dot may look
/// like a timestamp: the signature would also fit the same text cut at other dots. `at` is between
/// September 2001 and November 2286, because the timestamp has ten digits.
[[nodiscard]] WebhookHeaders sign_webhook(std::span<const ByteView> seeds, std::string_view id,
                                          Time at, std::string_view body);
[[nodiscard]] WebhookHeaders sign_webhook(ByteView seed, std::string_view id, Time at,
                                          std::string_view body);

/// signature_invalid if a header is missing or malformed (id and timestamp as above), or if none of
/// the first 16 v1a signatures is by `key`; other schemes do not count. signature_expired if the
/// timestamp is further than kWebhookTolerance from `now`; this is checked only after a signature
/// was found valid.
[[nodiscard]] Status verify_webhook(const Ed25519PublicKey& key, const WebhookHeaders& headers,
                                    Time now, std::string_view body);

/// "whpk_" and base64: the text form of a public key in Standard Webhooks.
[[nodiscard]] std::string webhook_public_key(const Ed25519PublicKey& key);
[[nodiscard]] std::optional<Ed25519PublicKey> parse_webhook_public_key(std::string_view text);

}  // namespace cardvault
