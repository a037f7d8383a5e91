#pragma once

#include <string>
#include <string_view>

namespace cardvault::sandbox {

/// What a message to a channel says, as quotable text; "" for what it leaves out.
struct CloseRequest {
  std::string type = {};
  std::string deregistration = {};
  std::string wallet = {};
  std::string card = {};
  std::string channel = {};
  std::string last4 = {};
  std::string reason = {};
  std::string extent = {};

  /// A channel can act on it: type channel.close_requested for this channel, with card and
  /// deregistration, and extent card or channel. The wallet is named only to channels that report.
  [[nodiscard]] bool asks_to_close(std::string_view channel_name) const;
};

/// Reads whatever `body` is, a message from the vault or not. Members it does not know are left
/// alone, as a receiver should so that the sender may add some.
[[nodiscard]] CloseRequest read_close_request(std::string_view body);

}  // namespace cardvault::sandbox
