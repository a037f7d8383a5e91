#include "api/app/channel_gateway.h"

#include <algorithm>
#include <csignal>
#include <exception>
#include <utility>

#include "base/locale_cache.h"
#include "crypto/keys/cryptoperiod.h"
#include "net/client/connection_pool.h"
#include "net/client/retry_after.h"

namespace cardvault::api {
namespace {

httplib::Headers headers_of(const Url& url, const WebhookHeaders& signature) {
  return {{"Host", url.authority()},
          {"User-Agent", "cardvault"},
          {"Content-Type", "application/json"},
          {"Accept", "application/json"},
          {"Accept-Encoding", "identity"},
          {"webhook-id", signature.id},
          {"webhook-timestamp", signature.timestamp},
          {"webhook-signature", signature.signature}};
}

// Receivers look at 16 signatures at least; four cost a message 400 bytes and four rotations within
// a year are more than anybody makes.
constexpr std::size_t kMostSignatures = 4;

CloseFailure close_failure_of(NetFailure failure) {
  switch (failure) {
    case NetFailure::none:
      return CloseFailure::none;
    case NetFailure::connect_failed:
      return CloseFailure::connect_failed;
    case NetFailure::timeout:
      return CloseFailure::timeout;
    case NetFailure::tls_failed:
      return CloseFailure::tls_failed;
    case NetFailure::connection_lost:
      return CloseFailure::connection_lost;
    case NetFailure::redirected:
      return CloseFailure::redirected;
    case NetFailure::response_too_large:
      return CloseFailure::response_too_large;
    case NetFailure::http_status:
      return CloseFailure::http_status;
  }
  return CloseFailure::connection_lost;
}

CloseReply reply_of(const HttpReply& reply, Time sent_at) {
  CloseReply made{.failure = close_failure_of(reply.failure),
                  .status = reply.status,
                  .retry_after = parse_retry_after(reply.retry_after, sent_at)};
  if (reply.failure == NetFailure::none) made.acknowledgement = sha256(as_bytes(reply.body));
  return made;
}

CloseReply failed(CloseFailure failure) {
  return {.failure = failure};
}

}  // namespace

HttpChannelGateway::HttpChannelGateway(const LiveKeyring& keyring, Resolver resolver,
                                       ChannelGatewayOptions options)
    : keyring_(keyring),
      resolver_(std::move(resolver)),
      options_(options),
      pool_(std::make_unique<ConnectionPool>(options.keep_idle)) {
  std::signal(SIGPIPE, SIG_IGN);
  fill_locale_cache();
}

HttpChannelGateway::~HttpChannelGateway() = default;

CloseReply HttpChannelGateway::close(const ChannelProfile& channel, const CloseMessage& message) {
  try {
    return deliver(channel, message, std::chrono::steady_clock::now() + channel.timeout);
  } catch (const std::exception&) {
    return failed(CloseFailure::connect_failed);
  }
}

std::expected<Url, CloseFailure> HttpChannelGateway::url_of(const ChannelProfile& channel) const {
  auto url = Url::parse(channel.close_url);
  if (!url) return std::unexpected(CloseFailure::target_refused);
  if (!url->tls && !options_.allow_private_targets) {
    return std::unexpected(CloseFailure::target_refused);
  }
  return *std::move(url);
}

std::expected<WebhookHeaders, CloseFailure> HttpChannelGateway::signed_headers(
    const ChannelProfile& channel, const CloseMessage& message) const {
  const auto keys = signers(keyring_, Purpose::channel_signing, message.sent_at, kMostSignatures,
                            channel.signing_key);
  if (!keys) return std::unexpected(CloseFailure::key_unavailable);
  std::vector<ByteView> seeds;
  seeds.reserve(keys->size());
  for (const KeyHandle& key : *keys) seeds.push_back(key->material.expose());
  return sign_webhook(seeds, message.id, message.sent_at, message.payload);
}

std::expected<std::vector<Address>, CloseFailure> HttpChannelGateway::addresses_of(
    const std::string& host) const {
  std::vector<Address> addresses;
  if (const auto literal = Address::parse(host)) {
    addresses.push_back(*literal);
  } else {
    auto resolved = resolver_(host);
    if (!resolved || resolved->empty()) return std::unexpected(CloseFailure::resolve_failed);
    addresses = *std::move(resolved);
  }
  if (!options_.allow_private_targets && !std::ranges::all_of(addresses, &Address::is_public)) {
    return std::unexpected(CloseFailure::target_refused);
  }
  return addresses;
}

CloseReply HttpChannelGateway::deliver(const ChannelProfile& channel, const CloseMessage& message,
                                       CallDeadline deadline) {
  const auto url = url_of(channel);
  if (!url) return failed(url.error());
  const auto signature = signed_headers(channel, message);
  if (!signature) return failed(signature.error());
  const auto addresses = addresses_of(url->host);
  if (!addresses) return failed(addresses.error());

  const auto headers = headers_of(*url, *signature);
  const Peer peer{static_cast<std::uint32_t>(channel.channel), url->tls, url->host, url->port,
                  channel.ca_file};
  if (auto kept = pool_->take_idle(peer, *addresses)) {
    const auto reply = kept->post(url->target, headers, message.payload, deadline);
    if (reply.failure != NetFailure::connection_lost || kept->answered()) {
      pool_->give_back(peer, std::move(kept), channel.max_concurrency);
      return reply_of(reply, message.sent_at);
    }
  }
  auto made = pool_->connect(peer, *addresses, channel.connect_timeout, deadline);
  if (!made) return failed(close_failure_of(made.error()));
  const auto reply = (*made)->post(url->target, headers, message.payload, deadline);
  pool_->give_back(peer, *std::move(made), channel.max_concurrency);
  return reply_of(reply, message.sent_at);
}

}  // namespace cardvault::api
