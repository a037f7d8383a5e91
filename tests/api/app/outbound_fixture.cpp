#include "tests/api/app/outbound_fixture.h"

namespace cardvault::test {

ChannelProfile profile(std::string close_url) {
  return {.channel = Channel::alipay,
          .close_url = std::move(close_url),
          .connect_timeout = Seconds(10),
          .timeout = Seconds(20),
          .signing_key = {},
          .callback_key = {},
          .ca_file = {}};
}

CloseMessage message(std::string id) {
  return {.id = std::move(id), .sent_at = kSentAt, .payload = std::string(kPayload)};
}

std::string url(std::uint16_t port, const std::string& host, const std::string& scheme) {
  return scheme + "://" + host + ":" + std::to_string(port) + "/close";
}

Ed25519PublicKey Outbound::public_key() const {
  return ed25519_public_key(keyring.current(Purpose::channel_signing).value()->material.expose());
}

}  // namespace cardvault::test
