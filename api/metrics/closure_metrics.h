#pragma once

#include <memory>
#include <string>

#include "vault/closing/closure_worker.h"
#include "vault/closing/overview.h"

namespace cardvault::api {

/// Prometheus metrics and log events of channel closures. Safe from any thread.
///
///   cardvault_closures_open{channel,state}           pending, closing, overdue; by the last census
///   cardvault_closures_closed_total{channel}
///   cardvault_closure_attempts_total{channel,outcome}  closed is "ok", else the failure's word
///   cardvault_closure_oldest_open_age_seconds        0 when none is open
///   cardvault_deregistrations_overdue                by the last census
///   cardvault_deregistrations_overdue_total          noted by this process
///   cardvault_closure_deadline_margin_seconds        histogram; negative when missed
class ClosureMetrics final : public ClosureObserver {
 public:
  ClosureMetrics();
  ~ClosureMetrics() override;
  ClosureMetrics(const ClosureMetrics&) = delete;
  ClosureMetrics& operator=(const ClosureMetrics&) = delete;

  void tried(Channel channel, CloseFailure failure) override;
  /// Logs `deregistration_overdue` for each deregistration that became overdue.
  void settled(const WalletId& wallet, const Settled& what) override;
  void counted(const ClosureCensus& census, Time now);

  [[nodiscard]] std::string render() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace cardvault::api
