#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "crypto/ed25519.h"
#include "crypto/keys/keyring.h"
#include "vault/wallet/channel.h"

namespace cardvault {

/// When a channel counts as closed.
enum class Completion : std::uint8_t {
  response,  ///< it answered the call with 2xx
  callback,  ///< it reported later, signed, that it is done (POST /v1/channel-events)
};

/// How one channel is told to stop showing a card.
struct ChannelProfile {
  Channel channel = Channel::wechat_pay;
  std::string close_url;  ///< http or https; which addresses are allowed is the gateway's business
  Completion completion = Completion::response;
  Seconds connect_timeout{3};
  Seconds timeout{10};               ///< for the whole call, at most 60
  std::optional<KeyId> signing_key;  ///< of purpose channel_signing; nullopt: the current one
  std::uint32_t max_concurrency = 4;
  /// How long a channel that reports later may take before it is told again.
  Seconds acknowledge_within{3600};
  std::optional<Ed25519PublicKey> callback_key;  ///< always there with Completion::callback
  std::string ca_file;  ///< trusted instead of the system's authorities; "" for those
};

/// The channels of config/channels.json. Built once, then only read: threads may share it.
class ChannelDirectory {
 public:
  /// Reads a document (see docs/channels.md). invalid_request, saying what is wrong and where, for
  /// anything else: unknown members, an unknown or repeated name, a URL with user information, a
  /// fragment or control characters, a number out of its range, callback without callback_key.
  [[nodiscard]] static Result<ChannelDirectory> parse(std::string_view json);

  /// nullptr for a channel that is not configured: it cannot be told, and no card is opened for it.
  [[nodiscard]] const ChannelProfile* find(Channel channel) const;

 private:
  std::array<std::optional<ChannelProfile>, kChannelNames.size()> profiles_;
};

}  // namespace cardvault
