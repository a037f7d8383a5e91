#pragma once

#include <functional>
#include <vector>

#include "api/handlers/call.h"
#include "api/jobs/key_jobs.h"
#include "api/jobs/verify_job.h"
#include "api/metrics/closure_metrics.h"
#include "api/metrics/metrics.h"
#include "api/seals/seal_options.h"
#include "base/manual_clock.h"
#include "crypto/keys/life/keyring_keeper.h"

namespace cardvault::api {

/// The routes for wallets' backends and front ends. `service` must outlive the server.
[[nodiscard]] std::vector<Route> public_routes(const Service& service);

/// Objects that the admin listener uses, also before the vault is open. They must outlive the
/// server.
struct ProbeService {
  Metrics& metrics;
  ClosureMetrics& closures;
  const VerificationGate& gate;
  const Clock& clock;
  /// Metrics of the keys; "" before the vault's data are open.
  std::function<std::string()> key_metrics;
  /// Success if the server can answer requests now.
  std::function<Status()> ready;
  /// The clock that POST /v1/test/clock moves. Outside test mode it is nullptr and the route does
  /// not exist.
  AdjustableClock* test_clock = nullptr;
};

/// Probes, metrics and the test clock. Only the operator should reach their address.
[[nodiscard]] std::vector<Route> admin_routes(const ProbeService& service);

/// Objects that the operator's commands use. They must outlive the server.
struct AdminService {
  const ClosingVault& vault;
  ClientRegistry& clients;
  KeyringKeeper& keeper;
  KeyJobs& jobs;
  const SealOptions& seal;  ///< to unseal with
  VerifyJob& verify;
};

/// The routes that the command line calls in a running server through DIR/admin.sock.
[[nodiscard]] std::vector<Route> socket_routes(const AdminService& service);

}  // namespace cardvault::api
