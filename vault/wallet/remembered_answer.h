#pragma once

#include <string>

#include "base/time.h"
#include "vault/wallet/keyed_digest.h"

namespace cardvault {

/// Lifetime and number of the answers. A client normally retries within minutes; a day also covers
/// a queue that was stuck over night. Eight answers limit what they add to the wallet record.
inline constexpr Seconds kAnswerLifetime{24 * 60 * 60};
inline constexpr std::size_t kMaxAnswers = 8;

/// The answer to a request with an Idempotency-Key. The commit that makes the request's change
/// stores it too.
struct RememberedAnswer {
  KeyedDigest key;   ///< of client, method, path and Idempotency-Key, under a request_digest key
  Digest request{};  ///< of the body, under the same key
  Time at{};
  std::string body;
  std::string location;

  bool operator==(const RememberedAnswer&) const = default;
};

}  // namespace cardvault
