#pragma once

#include <string>
#include <string_view>

namespace cardvault::sandbox {

/// The content of a message to a channel, as quotable text; "" for a missing member.
struct CloseRequest {
  std::string type = {};
  std::string deregistration = {};
  std::string wallet = {};
  std::string card = {};
  std::string channel = {};
  std::string last4 = {};
  std::string reason = {};
  std::string extent = {};

  /// True if a channel can act on the message: its type is channel.close_requested for this
  /// channel, it has card and deregistration, and its extent is card or channel. The wallet is
  /// optional: only channels that report get it.
  [[nodiscard]] bool asks_to_close(std::string_view channel_name) const;
};

/// Reads any body, also if it is not a message from the vault. Unknown members are ignored, so that
/// the sender may add members.
[[nodiscard]] CloseRequest read_close_request(std::string_view body);

}  // namespace cardvault::sandbox
