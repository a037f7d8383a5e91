#include "vault/use_cases/verify_all.h"

#include <utility>

#include "vault/use_cases/wallet_walk.h"

namespace cardvault {
namespace {

constexpr std::size_t kVerifiedTogether = 8;

void add(const WalletId& wallet, WalletVerdict verdict, VerifyCount& count) {
  ++count.seen;
  count.numbers += verdict.numbers;
  count.strays += verdict.strays;
  // A wallet may come twice.
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
      auto verdict = verify_wallet(vault, wallet, options.index);
      if (!verdict) return fail(std::move(verdict.error()));
      add(wallet, std::move(*verdict), count);
    }
    observe(count);
    pace.keep(count.seen, stop);
    return {};
  };
  const auto finished = walk_wallets(vault.store, kVerifiedTogether, stop, visit);
  if (!finished) return fail(finished.error());
  count.finished = *finished;
  return count;
}

}  // namespace cardvault
