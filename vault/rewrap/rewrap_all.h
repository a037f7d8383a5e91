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
  /// Maximum wallets per second (0 = unlimited).
  std::uint64_t rate = 0;
  /// Wallets whose commits become durable together; at most kMostCommitsAtOnce. Commits of other
  /// requests wait for at most one such batch.
  std::size_t batch = 8;
  /// How to wait between wallets, to keep the rate.
  Wait wait = {};
  /// Runs one step and returns when the step is done. In such a step the walk competes with other
  /// changes of one wallet. The walk's own thread yields to all others and would lose every time.
  /// If empty, the step runs on the walk's thread.
  std::function<void(const std::function<void()>&)> promptly = {};
};

struct FailedWallet {
  WalletId wallet;
  ErrorCode why = ErrorCode::internal;

  bool operator==(const FailedWallet&) const = default;
};

struct RewrapCount {
  /// At most this many failed wallets are named.
  static constexpr std::size_t kMostNamed = 10;

  std::uint64_t seen = 0;
  std::uint64_t rewrapped = 0;
  std::uint64_t failed = 0;
  std::vector<FailedWallet> first_failed;
  bool finished = false;  ///< false if it was stopped before it had seen all wallets
};

/// Brings every wallet under the current keys while others use them; see WalletRewrap. It keeps no
/// state: a new run skips the wallets that are done. If a key is promoted meanwhile, the next batch
/// uses it. It calls `observe` after each batch. It counts and skips a wallet that does not open,
/// whose chain is broken, that needs a disabled key, or whose commit the store refuses. Any other
/// error ends the walk: store_unavailable, vault_sealed, key_expired, and key_unavailable if the
/// keyring cannot be trusted any more.
[[nodiscard]] Result<RewrapCount> rewrap_all(
    const Vault& vault, const RewrapOptions& options, const std::stop_token& stop,
    const std::function<void(const RewrapCount&)>& observe);

}  // namespace cardvault
