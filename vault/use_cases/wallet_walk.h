#pragma once

#include <functional>
#include <span>
#include <stop_token>

#include "vault/ports/wallet_store.h"

namespace cardvault {

/// Shows every wallet to `visit`, at most `batch` at a time and none twice in one batch, until it
/// has seen all, fails, or `stop` is asked for; false then. While others write: see
/// WalletStore::list_wallets(). The errors of that and of `visit`.
[[nodiscard]] Result<bool> walk_wallets(
    WalletStore& store, std::size_t batch, const std::stop_token& stop,
    const std::function<Status(std::span<const WalletId>)>& visit);

}  // namespace cardvault
