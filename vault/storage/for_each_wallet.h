#pragma once

#include <functional>
#include <span>
#include <stop_token>

#include "vault/storage/wallet_store.h"

namespace cardvault {

/// What a batch takes that only counts wallets.
inline constexpr std::size_t kWalletsCounted = 1024;

/// Shows every wallet to `visit`, at most `batch` at a time and none twice in one batch, until it
/// has seen all, fails, or `stop` is asked for; false then. While others write: see
/// WalletStore::list_wallets(). The errors of that and of `visit`.
[[nodiscard]] Result<bool> for_each_wallet(
    WalletStore& store, std::size_t batch, const std::stop_token& stop,
    const std::function<Status(std::span<const WalletId>)>& visit);

}  // namespace cardvault
