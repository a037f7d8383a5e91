#pragma once

#include <cstddef>
#include <set>

#include "vault/storage/walk_pace.h"
#include "vault/verify/verify_wallet.h"

namespace cardvault {

struct VerifyOptions {
  std::uint64_t rate = 0;  ///< maximum wallets per second (0 = unlimited)
  Wait wait = {};
  VerifyIndex index = VerifyIndex::yes;
};

struct VerifyCount {
  /// At most this many findings are named. The others are only counted.
  static constexpr std::size_t kMostNamed = 1000;

  std::uint64_t seen = 0;     ///< wallets
  std::uint64_t numbers = 0;  ///< card numbers that opened and are right
  std::uint64_t strays = 0;   ///< number records without a card
  std::uint64_t found = 0;    ///< findings
  std::vector<Finding> named;
  std::set<WalletId> damaged;
  bool finished = false;  ///< false if it was stopped before it had seen all wallets
};

/// Runs verify_wallet() for every wallet of the store while others use them. It calls `observe`
/// after every few wallets. Errors: those of verify_wallet() and WalletStore::list_wallets().
/// Before an error, `observe` has received everything that was seen.
[[nodiscard]] Result<VerifyCount> verify_all(
    const Vault& vault, const VerifyOptions& options, const std::stop_token& stop,
    const std::function<void(const VerifyCount&)>& observe);

}  // namespace cardvault
