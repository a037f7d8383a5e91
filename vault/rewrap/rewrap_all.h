#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <stop_token>
#include <vector>

#include "vault/change/vault.h"
#include "vault/storage/walk_pace.h"

namespace cardvault {

struct RewrapOptions {
  /// Wallets looked at in a second, at most; 0: as many as there can be.
  std::uint64_t rate = 0;
  /// Wallets whose commits are durable together; at most kMostCommitsAtOnce. Others' commits wait
  /// for at most as many.
  std::size_t batch = 8;
  /// How the rate is kept.
  Wait wait = {};
  /// Runs a step, and returns when it is done, in which the walk competes with others for one
  /// wallet: a thread that stands back for all others would lose every time. Unset: on the walk's
  /// thread.
  std::function<void(const std::function<void()>&)> promptly = {};
};

struct FailedWallet {
  WalletId wallet;
  ErrorCode why = ErrorCode::internal;

  bool operator==(const FailedWallet&) const = default;
};

struct RewrapCount {
  /// As many of those that could not be re-sealed are named.
  static constexpr std::size_t kMostNamed = 10;

  std::uint64_t seen = 0;
  std::uint64_t rewrapped = 0;
  std::uint64_t failed = 0;
  std::vector<FailedWallet> first_failed;
  bool finished = false;  ///< false when it was told to stop before it had seen all
};

/// Brings every wallet under the current keys while others work with them, see WalletRewrap.
/// Keeps no state: started again, it passes over what is done. A key that is promoted meanwhile is
/// used from the next batch on. `observe` is told after each batch. A wallet that does not open,
/// whose chain is broken, that needs a disabled key or whose commit the store refuses is counted
/// and passed over; any other error ends the walk: store_unavailable, vault_sealed, key_expired,
/// and key_unavailable when the keyring cannot be relied on any more.
[[nodiscard]] Result<RewrapCount> rewrap_all(
    const Vault& vault, const RewrapOptions& options, const std::stop_token& stop,
    const std::function<void(const RewrapCount&)>& observe);

}  // namespace cardvault
