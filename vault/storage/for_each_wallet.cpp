#include "vault/storage/for_each_wallet.h"

#include <algorithm>

namespace cardvault {
namespace {

// A page of a shared store costs several round trips, even a short one.
constexpr std::size_t kShortestPage = 256;

}  // namespace

Result<bool> for_each_wallet(WalletStore& store, std::size_t batch, const std::stop_token& stop,
                             const std::function<Status(std::span<const WalletId>)>& visit) {
  std::string cursor;
  do {
    TRY_VALUE(auto page, store.list_wallets(cursor, std::max(batch, kShortestPage)));
    std::vector<WalletId>& wallets = page.items;
    std::ranges::sort(wallets);
    const auto again = std::ranges::unique(wallets);
    wallets.erase(again.begin(), again.end());
    for (std::size_t at = 0; at < wallets.size(); at += batch) {
      if (stop.stop_requested()) return false;
      const std::size_t count = std::min(batch, wallets.size() - at);
      TRY(visit(std::span(wallets).subspan(at, count)));
    }
    cursor = std::move(page.next);
  } while (!cursor.empty() && !stop.stop_requested());
  return cursor.empty();
}

}  // namespace cardvault
