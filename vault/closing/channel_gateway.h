#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "crypto/keyed_hash.h"
#include "vault/closing/channel_directory.h"
#include "vault/wallet/closure_failure.h"

namespace cardvault {

/// One message to one channel.
struct CloseMessage {
  std::string id;       ///< webhook-id; the same in every attempt
  Time sent_at{};       ///< webhook-timestamp
  std::string payload;  ///< JSON; never a card number
};

/// The result of one call.
struct CloseReply {
  CloseFailure failure = CloseFailure::none;  ///< none: a complete 2xx answer
  std::uint16_t status = 0;                   ///< of the HTTP answer; 0 if there was no answer
  Digest acknowledgement{};                   ///< SHA-256 of the 2xx answer's body
  std::optional<Seconds> retry_after = {};    ///< from a 429 or 503 answer
};

/// Sends messages to channels. Many threads may call it concurrently. It blocks for at most the
/// profile's timeout plus the name look-up. It never throws; the reply contains every failure.
class ChannelGateway {
 public:
  virtual ~ChannelGateway() = default;
  [[nodiscard]] virtual CloseReply close(const ChannelProfile& channel,
                                         const CloseMessage& message) = 0;
};

}  // namespace cardvault
