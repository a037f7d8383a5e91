#pragma once

#include <string>

#include "base/time.h"
#include "vault/wallet/keyed_digest.h"

namespace cardvault {

/// How long and how many: a client that retries does so within minutes; a day covers a queue that
/// was stuck over night, and eight answers bound what they add to the wallet record.
inline constexpr Seconds kAnswerLifetime{24 * 60 * 60};
inline constexpr std::size_t kMaxAnswers = 8;

/// The answer to a request that carried an Idempotency-Key, kept in the same commit as what the
/// request did.
struct RememberedAnswer {
  KeyedDigest key;   ///< over client, method, path and Idempotency-Key, with a request_digest key
  Digest request{};  ///< over the body, with the same key
  Time at{};
  std::string body;
  std::string location;

  bool operator==(const RememberedAnswer&) const = default;
};

}  // namespace cardvault
