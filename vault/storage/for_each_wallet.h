#pragma once

#include <functional>
#include <span>
#include <stop_token>

#include "vault/storage/wallet_store.h"

namespace cardvault {

/// Batch size for a walk that only counts wallets.
inline constexpr std::size_t kWalletsCounted = 1024;

/// Calls `visit` for every wallet, with at most `batch` wallets at a time and no wallet twice in
/// one batch. It ends when all were visited, when `visit` fails, or when `stop` is requested; in
/// the last case it returns false. For walks during writes, see WalletStore::list_wallets().
/// Errors: those of list_wallets() and `visit`.
[[nodiscard]] Result<bool> for_each_wallet(
    WalletStore& store, std::size_t batch, const std::stop_token& stop,
    const std::function<Status(std::span<const WalletId>)>& visit);

}  // namespace cardvault
