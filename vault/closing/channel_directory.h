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

/// The condition under which a channel counts as closed.
enum class Completion : std::uint8_t {
  response,  ///< it answered the call with 2xx
  callback,  ///< it later reported completion, signed (POST /v1/channel-events)
};

/// How the vault tells one channel to stop showing a card.
struct ChannelProfile {
  Channel channel = Channel::wechat_pay;
  std::string close_url;  ///< http or https; the gateway decides which addresses are allowed
  Completion completion = Completion::response;
  Seconds connect_timeout{3};
  Seconds timeout{10};               ///< for the whole call, at most 60
  std::optional<KeyId> signing_key;  ///< of purpose channel_signing; nullopt: the current key
  std::uint32_t max_concurrency = 4;
  /// For a channel that reports later: time until the vault tells it again.
  Seconds acknowledge_within{3600};
  std::optional<Ed25519PublicKey> callback_key;  ///< always set with Completion::callback
  std::string ca_file;  ///< trusted instead of the system's authorities; "": those
};

/// The channels of config/channels.json. Fill it once, then only read it: threads may share it.
class ChannelDirectory {
 public:
  /// Reads a document (see docs/channels.md). If the text is not JSON, it fails with
  /// malformed_json. Any other fault fails with invalid_request: unknown members; an unknown or
  /// repeated name; a URL with user information, a fragment or control characters; a number out of
  /// its range; callback without callback_key. The error says what is wrong and where.
  [[nodiscard]] static Result<ChannelDirectory> parse(std::string_view json);

  /// Returns nullptr if the channel is not configured. The vault cannot tell such a channel
  /// anything, so no card is opened for it.
  [[nodiscard]] const ChannelProfile* find(Channel channel) const;

 private:
  std::array<std::optional<ChannelProfile>, kChannelNames.size()> profiles_;
};

}  // namespace cardvault
