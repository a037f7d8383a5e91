#pragma once

#include <string>

#include "base/time.h"
#include "crypto/keyed_hash.h"

namespace cardvault {

/// How long and how many: a client that retries does so within minutes; a day covers a queue that
/// was stuck over night, and eight answers bound what they add to the wallet record.
inline constexpr Seconds kAnswerLifetime{24 * 60 * 60};
inline constexpr std::size_t kMaxAnswers = 8;

/// The answer to a request that carried an Idempotency-Key, kept in the same commit as what the
/// request did.
struct RememberedAnswer {
  Digest key{};      ///< keyed hash over client, method, path and Idempotency-Key
  Digest request{};  ///< keyed hash over the body
  Time at{};
  std::string body;
  std::string location;

  bool operator==(const RememberedAnswer&) const = default;
};

}  // namespace cardvault
