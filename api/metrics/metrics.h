#pragma once

#include <memory>
#include <string>

#include "base/time.h"
#include "crypto/verification_gate.h"
#include "net/server/http.h"
#include "net/server/server.h"
#include "vault/wallet/credential.h"

namespace cardvault::api {

/// What the store was asked for.
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

/// How an operation of the store ended.
enum class StoreOutcome : std::uint8_t { done, conflict, failed };

/// The counters and histograms of one process in Prometheus form. Safe from any thread.
class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  /// cardvault_http_requests_total{route,method,status} and
  /// cardvault_http_request_duration_seconds{route,method}. Cheap: called for every request.
  void request_finished(const Finished& finished);
  /// cardvault_store_operations_total{operation,outcome}. operation="load" counts wallet reads and
  /// operation="load_pan" reads of card numbers: a list view adds one and none. operation="due" is
  /// the worker looking for work, operation="check" what the background check and pages of audit
  /// logs compare: both go on when nobody asks for anything.
  void store_operation(StoreOperation operation, StoreOutcome outcome);

  /// cardvault_lockouts_total{method}: credentials that a failed try has locked, or voided for
  /// good.
  void locked_out(UnlockMethod method);

  /// What a whole round over the store found: cardvault_store_check_wallets,
  /// cardvault_store_check_damaged_wallets, cardvault_store_check_stray_numbers and
  /// cardvault_store_check_timestamp_seconds, all 0 before the first.
  struct StoreRound {
    std::uint64_t wallets = 0;
    std::uint64_t damaged = 0;
    std::uint64_t strays = 0;
    Time at{};
  };
  void store_checked(const StoreRound& round);

  /// The exposition text, with cardvault_verification_gate_depth read from `gate`.
  [[nodiscard]] std::string render(const VerificationGate& gate);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace cardvault::api
