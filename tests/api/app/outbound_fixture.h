#pragma once

#include <string>
#include <string_view>

#include "api/app/channel_gateway.h"
#include "base/manual_clock.h"
#include "crypto/random.h"
#include "tests/support/http_peers.h"
#include "vault/closing/channel_directory.h"

namespace cardvault::test {

inline constexpr std::string_view kPayload =
    R"({"type":"card.deregistered","timestamp":"2026-07-01T08:00:00Z","data":{"card":"crd_1"}})";
inline constexpr Time kSentAt{std::chrono::seconds(1782892800)};

[[nodiscard]] ChannelProfile profile(std::string close_url);
[[nodiscard]] CloseMessage message(std::string id = "msg_1");
[[nodiscard]] std::string url(std::uint16_t port, const std::string& host = "127.0.0.1",
                              const std::string& scheme = "http");

/// A gateway with its own keys that may call this machine.
struct Outbound {
  SystemRandom random;
  FixedClock clock{kSentAt};
  LiveKeyring keyring{Keyring::generate(kSentAt, random), clock};
  api::HttpChannelGateway gateway;

  explicit Outbound(Resolver resolver = this_machine,
                    api::ChannelGatewayOptions options = {.allow_private_targets = true})
      : gateway(keyring, std::move(resolver), options) {}

  [[nodiscard]] CloseReply close(const ChannelProfile& channel, std::string id = "msg_1") {
    return gateway.close(channel, message(std::move(id)));
  }
  [[nodiscard]] Ed25519PublicKey public_key() const;
};

}  // namespace cardvault::test
