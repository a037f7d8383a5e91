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
  std::string id;       ///< webhook-id, the same on every try
  Time sent_at{};       ///< webhook-timestamp
  std::string payload;  ///< JSON; never a card number
};

/// What came back.
struct CloseReply {
  CloseFailure failure = CloseFailure::none;  ///< none: answered 2xx, whole
  std::uint16_t status = 0;                   ///< of the HTTP answer, 0 when there was none
  Digest acknowledgement{};                   ///< SHA-256 of the 2xx answer's body
  std::optional<Seconds> retry_after = {};    ///< what a 429 or 503 asked for
};

/// How channels are told. Called from many threads at once; blocks for at most the profile's
/// timeout and the name look-up. Never throws; every failure is in the reply.
class ChannelGateway {
 public:
  virtual ~ChannelGateway() = default;
  [[nodiscard]] virtual CloseReply close(const ChannelProfile& channel,
                                         const CloseMessage& message) = 0;
};

}  // namespace cardvault
