#pragma once

#include <chrono>

#include "base/url.h"
#include "crypto/keys/live_keyring.h"
#include "crypto/webhook_signature.h"
#include "net/client/http_client.h"
#include "vault/closing/channel_directory.h"
#include "vault/closing/channel_gateway.h"

namespace cardvault::api {

struct ChannelGatewayOptions {
  /// Lets channels stand at private, loopback and reserved addresses, and be told over plain http.
  /// For tests, the sandbox and a network that is itself the boundary. A close URL comes from the
  /// operator, but the address its name has does not: without this, whoever controls that name
  /// could have the vault post to services behind the firewall.
  bool allow_private_targets = false;
  /// Shorter than the 5 seconds after which the most impatient servers close an idle connection,
  /// so that a message seldom meets that moment; long enough for a burst of closures.
  std::chrono::milliseconds keep_idle{4000};
};

/// Tells channels over HTTP by signed webhooks (docs/channels.md), within the rules of HttpClient:
/// one deadline for everything, and only addresses that were judged are connected to, so no later
/// answer of a name server changes anything.
///
/// A message carries one signature by each channel_signing key that may still sign, four at most,
/// so that a receiver that has not seen the newest key verifies it by an older one.
/// A message that meets the end of a kept connection before the first line of an answer is posted
/// once more on a new one, within the same timeout: receivers know it again by its webhook-id.
class HttpChannelGateway final : public ChannelGateway {
 public:
  /// Keeps a reference to `keyring`.
  HttpChannelGateway(const LiveKeyring& keyring, Resolver resolver, ChannelGatewayOptions options);
  ~HttpChannelGateway() override = default;
  HttpChannelGateway(const HttpChannelGateway&) = delete;
  HttpChannelGateway& operator=(const HttpChannelGateway&) = delete;

  [[nodiscard]] CloseReply close(const ChannelProfile& channel,
                                 const CloseMessage& message) override;

 private:
  [[nodiscard]] std::expected<WebhookHeaders, CloseFailure> signed_headers(
      const ChannelProfile& channel, const CloseMessage& message) const;
  [[nodiscard]] std::expected<Url, CloseFailure> url_of(const ChannelProfile& channel) const;
  [[nodiscard]] CloseReply deliver(const ChannelProfile& channel, const CloseMessage& message,
                                   CallDeadline deadline);

  const LiveKeyring& keyring_;
  const ChannelGatewayOptions options_;
  HttpClient client_;
};

}  // namespace cardvault::api
