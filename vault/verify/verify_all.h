#pragma once

#include <cstddef>
#include <set>

#include "vault/storage/walk_pace.h"
#include "vault/verify/verify_wallet.h"

namespace cardvault {

struct VerifyOptions {
  std::uint64_t rate = 0;  ///< wallets a second, at most; 0: no limit
  Wait wait = {};
  VerifyIndex index = VerifyIndex::yes;
};

struct VerifyCount {
  /// As many findings are named. The rest is only counted.
  static constexpr std::size_t kMostNamed = 1000;

  std::uint64_t seen = 0;     ///< wallets
  std::uint64_t numbers = 0;  ///< card numbers that opened and are right
  std::uint64_t strays = 0;   ///< number records without a card
  std::uint64_t found = 0;    ///< findings
  std::vector<Finding> named;
  std::set<WalletId> damaged;
  bool finished = false;  ///< false when it was told to stop before it had seen all
};

/// verify_wallet() for every wallet of the store, while others work with them. `observe` is told
/// after every few wallets. Errors as verify_wallet() and WalletStore::list_wallets(): what was
/// seen so far was observed.
[[nodiscard]] Result<VerifyCount> verify_all(
    const Vault& vault, const VerifyOptions& options, const std::stop_token& stop,
    const std::function<void(const VerifyCount&)>& observe);

}  // namespace cardvault
