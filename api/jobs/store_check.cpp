#include "api/jobs/store_check.h"

#include <algorithm>
#include <utility>

#include "api/jobs/stand_back.h"
#include "base/log.h"
#include "base/stoppable_wait.h"

namespace cardvault::api {
StoreCheck::StoreCheck(const Vault& vault, Metrics& metrics, std::uint64_t rate, bool shared,
                       Timing timing)
    : vault_(vault), metrics_(metrics), rate_(rate), timing_(timing) {
  if (rate_ == 0) return;
  thread_ = std::jthread([this, shared](const std::stop_token& stop) {
    if (!shared) stand_back();
    run(stop);
  });
}

void StoreCheck::run(const std::stop_token& stop) {
  wait_unless_stopped(timing_.before_first, stop);
  while (!stop.stop_requested()) {
    if (vault_.keyring.is_open()) check(stop);
    wait_unless_stopped(timing_.between, stop);
  }
}

void StoreCheck::check(const std::stop_token& stop) {
  std::size_t logged = 0;
  const auto count = verify_all(vault_, {.rate = rate_}, stop, [&](const VerifyCount& so_far) {
    log_new(so_far.named, std::exchange(logged, so_far.named.size()));
  });
  if (!count) {
    log::write(log::Level::warning, "store_check_failed",
               {{"code", count.error().code.name},
                {"inside", std::string_view(count.error().inside.text)}});
    return;
  }
  if (!count->finished) return;
  last_round_ = count->named;
  metrics_.store_checked({.wallets = count->seen,
                          .damaged = count->damaged.size(),
                          .strays = count->strays,
                          .at = vault_.clock.now()});
}

void StoreCheck::log_new(const std::vector<Finding>& findings, std::size_t from) const {
  for (std::size_t i = from; i < findings.size(); ++i) {
    const Finding& finding = findings[i];
    if (std::ranges::find(last_round_, finding) != last_round_.end()) continue;
    const std::string wallet = finding.wallet.text();
    const std::string card = finding.card ? finding.card->text() : std::string();
    log::write(log::Level::error, "wallet_damaged",
               {{"wallet", std::string_view(wallet)},
                {"what", damage_name(finding.what)},
                {"card", std::string_view(card)},
                {"first_broken", static_cast<std::int64_t>(finding.first_broken)}});
  }
}

}  // namespace cardvault::api
