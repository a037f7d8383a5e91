#pragma once

#include <memory>
#include <string>

#include "base/time.h"
#include "crypto/verification_gate.h"
#include "net/server/http.h"
#include "net/server/server.h"
#include "vault/wallet/credential.h"

namespace cardvault::api {

/// Kinds of store operations.
enum class StoreOperation : std::uint8_t {
  load,
  commit,
  load_pan,
  find,
  read_audit,
  check,
  due,
  other
};

/// Outcomes of a store operation.
enum class StoreOutcome : std::uint8_t { done, conflict, failed };

/// The counters and histograms of one process in Prometheus form. Safe from any thread.
class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  /// Updates cardvault_http_requests_total{route,method,status} and
  /// cardvault_http_request_duration_seconds{route,method}. Cheap: called for every request.
  void request_finished(const Finished& finished);
  /// Updates cardvault_store_operations_total{operation,outcome}:
  /// - operation="load" counts reads of wallets; a list view adds one.
  /// - operation="load_pan" counts reads of card numbers; a list view adds none.
  /// - operation="due" counts searches for wallets with a due time, by the closure worker and
  ///   others.
  /// - operation="check" counts reads of the background check and of pages of audit logs.
  ///
  /// The last two also grow while no request comes.
  void store_operation(StoreOperation operation, StoreOutcome outcome);

  /// Updates cardvault_lockouts_total{method}: credentials that a failed attempt has locked, or has
  /// voided for good.
  void locked_out(UnlockMethod method);

  /// Results of one complete round over the store: cardvault_store_check_wallets,
  /// cardvault_store_check_damaged_wallets, cardvault_store_check_stray_numbers and
  /// cardvault_store_check_timestamp_seconds. All are 0 before the first round.
  struct StoreRound {
    std::uint64_t wallets = 0;
    std::uint64_t damaged = 0;
    std::uint64_t strays = 0;
    Time at{};
  };
  void store_checked(const StoreRound& round);

  /// The exposition text. cardvault_verification_gate_depth is read from `gate`.
  [[nodiscard]] std::string render(const VerificationGate& gate);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace cardvault::api
