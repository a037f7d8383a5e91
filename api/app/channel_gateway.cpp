#include "api/app/channel_gateway.h"

#include <exception>
#include <utility>

#include "crypto/keys/cryptoperiod.h"
#include "net/client/retry_after.h"

namespace cardvault::api {
namespace {

HttpFields fields_of(const WebhookHeaders& signature) {
  return {{"User-Agent", "cardvault"},
          {"Content-Type", "application/json"},
          {"Accept", "application/json"},
          {"Accept-Encoding", "identity"},
          {"webhook-id", signature.id},
          {"webhook-timestamp", signature.timestamp},
          {"webhook-signature", signature.signature}};
}

// Receivers check at least 16 signatures. Four signatures add 400 bytes to a message, and four
// rotations within a year are more than an operator makes.
constexpr std::size_t kMostSignatures = 4;

CloseFailure close_failure_of(NetFailure failure) {
  switch (failure) {
    case NetFailure::none:
      return CloseFailure::none;
    case NetFailure::resolve_failed:
      return CloseFailure::resolve_failed;
    case NetFailure::target_refused:
      return CloseFailure::target_refused;
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

/// Reads Retry-After from a 429 or 503 (RFC 6585 section 4, RFC 9110 section 15.6.4).
std::optional<Seconds> retry_after_of(const HttpReply& reply, Time now) {
  if (reply.status != 429 && reply.status != 503) return std::nullopt;
  return parse_retry_after(reply.field("Retry-After"), now);
}

CloseReply reply_of(const HttpReply& reply, Time sent_at) {
  CloseReply made{.failure = close_failure_of(reply.failure),
                  .status = reply.status,
                  .retry_after = retry_after_of(reply, sent_at)};
  if (reply.failure == NetFailure::none) made.acknowledgement = sha256(as_bytes(reply.body));
  return made;
}

bool public_address(const Address& address) {
  return address.is_public();
}

CloseReply failed(CloseFailure failure) {
  return {.failure = failure};
}

}  // namespace

HttpChannelGateway::HttpChannelGateway(const LiveKeyring& keyring, Resolver resolver,
                                       ChannelGatewayOptions options)
    : keyring_(keyring),
      options_(options),
      client_({.resolver = std::move(resolver),
               .allows = options.allow_private_targets ? any_address : public_address,
               .keep_idle = options.keep_idle}) {}

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

CloseReply HttpChannelGateway::deliver(const ChannelProfile& channel, const CloseMessage& message,
                                       CallDeadline deadline) {
  auto url = url_of(channel);
  if (!url) return failed(url.error());
  const auto signature = signed_headers(channel, message);
  if (!signature) return failed(signature.error());
  return reply_of(client_.send({.url = *std::move(url),
                                .fields = fields_of(*signature),
                                .body = message.payload,
                                .tls = {.authorities = channel.ca_file},
                                .connect_timeout = channel.connect_timeout,
                                .deadline = deadline,
                                .group = static_cast<std::uint32_t>(channel.channel),
                                .most_idle = channel.max_concurrency}),
                  message.sent_at);
}

}  // namespace cardvault::api
