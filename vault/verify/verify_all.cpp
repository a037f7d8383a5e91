#include "vault/verify/verify_all.h"

#include <utility>

#include "vault/storage/for_each_wallet.h"

namespace cardvault {
namespace {

constexpr std::size_t kVerifiedTogether = 8;

void add(const WalletId& wallet, WalletVerdict verdict, VerifyCount& count) {
  ++count.seen;
  count.numbers += verdict.numbers;
  count.strays += verdict.strays;
  // The walk may visit a wallet twice.
  if (verdict.findings.empty() || !count.damaged.insert(wallet).second) return;
  count.found += verdict.findings.size();
  for (Finding& finding : verdict.findings) {
    if (count.named.size() < VerifyCount::kMostNamed) count.named.push_back(std::move(finding));
  }
}

}  // namespace

Result<VerifyCount> verify_all(const Vault& vault, const VerifyOptions& options,
                               const std::stop_token& stop,
                               const std::function<void(const VerifyCount&)>& observe) {
  const WalkPace pace(options.rate, options.wait);
  VerifyCount count;
  const auto visit = [&](std::span<const WalletId> wallets) -> Status {
    for (const WalletId& wallet : wallets) {
      TRY_VALUE(auto verdict, verify_wallet(vault, wallet, options.index));
      add(wallet, std::move(verdict), count);
    }
    observe(count);
    pace.keep(count.seen, stop);
    return {};
  };
  TRY_VALUE(const auto finished, for_each_wallet(vault.store, kVerifiedTogether, stop, visit));
  count.finished = finished;
  return count;
}

}  // namespace cardvault
