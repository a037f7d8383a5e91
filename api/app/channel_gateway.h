#pragma once

#include <chrono>
#include <memory>

#include "base/url.h"
#include "crypto/keys/live_keyring.h"
#include "crypto/webhook_signature.h"
#include "net/client/address.h"
#include "net/client/tcp_socket.h"
#include "vault/closing/channel_directory.h"
#include "vault/closing/channel_gateway.h"

namespace cardvault {
class ConnectionPool;
}  // namespace cardvault

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

/// Tells channels over HTTP by signed webhooks (docs/channels.md). A call parses the close URL,
/// looks its name up, judges every address, signs the message, and posts it to one of exactly these
/// addresses, over a connection that was kept or a new one; a certificate is still checked
/// against the name. So no answer of a name server between the check and the call changes anything.
///
/// A message carries one signature by each channel_signing key that may still sign, four at most,
/// so that a receiver that has not seen the newest key verifies it by an older one.
///
/// Redirects are not followed, proxies of the environment not used, no compression is asked for.
/// A message that meets the end of a kept connection before a byte of an answer is posted once more
/// on a new one, within the same timeout: receivers know it again by its webhook-id.
///
/// A look-up blocks longer than the timeout when the resolver does (see resolve_by_system).
class HttpChannelGateway final : public ChannelGateway {
 public:
  /// Keeps a reference to `keyring`. Sets SIGPIPE to be ignored, as httplib's server does: OpenSSL
  /// writes to sockets in a way that cannot ask for it call by call.
  HttpChannelGateway(const LiveKeyring& keyring, Resolver resolver, ChannelGatewayOptions options);
  ~HttpChannelGateway() override;
  HttpChannelGateway(const HttpChannelGateway&) = delete;
  HttpChannelGateway& operator=(const HttpChannelGateway&) = delete;

  [[nodiscard]] CloseReply close(const ChannelProfile& channel,
                                 const CloseMessage& message) override;

 private:
  [[nodiscard]] std::expected<WebhookHeaders, CloseFailure> signed_headers(
      const ChannelProfile& channel, const CloseMessage& message) const;
  [[nodiscard]] std::expected<Url, CloseFailure> url_of(const ChannelProfile& channel) const;
  [[nodiscard]] std::expected<std::vector<Address>, CloseFailure> addresses_of(
      const std::string& host) const;
  [[nodiscard]] CloseReply deliver(const ChannelProfile& channel, const CloseMessage& message,
                                   CallDeadline deadline);

  const LiveKeyring& keyring_;
  const Resolver resolver_;
  const ChannelGatewayOptions options_;
  const std::unique_ptr<ConnectionPool> pool_;
};

}  // namespace cardvault::api
