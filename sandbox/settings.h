#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "sandbox/channels.h"

namespace cardvault::sandbox {

/// How a sandbox is started.
struct Settings {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;  ///< 0: one that is free
  /// The vault's address, "" when it is said later by POST /control/vault.
  std::string vault = {};
  /// Channels that answer 202 and report later, at the start and after a reset.
  std::vector<ChannelIndex> callback_channels = {};
  /// Each holds a thread while it is open, also when idle: seven channels with eight connections
  /// each, and as many again for everyone else.
  std::size_t connections = 112;
  /// How long the vault's keys are trusted to be all there are.
  std::chrono::milliseconds keys_refetch_after{1000};
  std::chrono::milliseconds callback_first_retry{250};
};

}  // namespace cardvault::sandbox
