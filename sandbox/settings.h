#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "sandbox/channels.h"

namespace cardvault::sandbox {

/// Start options of a sandbox.
struct Settings {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;  ///< 0: any free port
  /// The vault's address; "" if POST /control/vault sets it later.
  std::string vault = {};
  /// Channels that answer 202 and report later, at the start and after a reset.
  std::vector<ChannelIndex> callback_channels = {};
  /// Limit of open connections. Each holds a thread, even if idle. Seven channels use eight
  /// connections each, and other callers get as many again.
  std::size_t connections = 112;
  /// Minimum time between two fetches of the vault's keys.
  std::chrono::milliseconds keys_refetch_after{1000};
  std::chrono::milliseconds callback_first_retry{250};
};

}  // namespace cardvault::sandbox
