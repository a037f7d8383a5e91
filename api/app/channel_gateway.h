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
  /// Allows channels at private, loopback and reserved addresses, and over plain http. Use it for
  /// tests, for the sandbox, and in a network that is itself the boundary. By default these are
  /// refused: the operator chooses the close URL but not the address that its name resolves to. An
  /// attacker who controls that name could otherwise make the vault post to services behind the
  /// firewall.
  bool allow_private_targets = false;
  /// Idle connections are kept this long. The least patient servers close one after 5 seconds. A
  /// shorter time makes it rare that a message meets this moment. It is long enough for a burst of
  /// closures.
  std::chrono::milliseconds keep_idle{4000};
};

/// Notifies channels over HTTP with signed webhooks (docs/channels.md). The rules of HttpClient
/// apply: one deadline covers the whole call. The gateway connects only to addresses that it has
/// checked, so a later answer of a name server changes nothing.
///
/// A message carries one signature for each channel_signing key that may still sign, at most four.
/// A receiver that does not know the newest key yet can verify an older signature.
///
/// If a kept connection ends before the first line of an answer, the message is posted once more.
/// The second post uses a new connection and the same timeout. Receivers recognise it by its
/// webhook-id.
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
