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

/// The contract's routes for wallets' backends and front ends. `service` outlives the server.
[[nodiscard]] std::vector<Route> public_routes(const Service& service);

/// What the admin listener works with, also while the vault is not open yet; outlives the server.
struct ProbeService {
  Metrics& metrics;
  ClosureMetrics& closures;
  const VerificationGate& gate;
  const Clock& clock;
  /// What is to be said of the keys; empty before the vault's data are there.
  std::function<std::string()> key_metrics;
  /// Success when requests can be answered now.
  std::function<Status()> ready;
  /// The clock that POST /v1/test/clock moves; nullptr outside test mode, and then the route is not
  /// there.
  AdjustableClock* test_clock = nullptr;
};

/// Probes, metrics and virtual time: for an address that only the operator reaches.
[[nodiscard]] std::vector<Route> admin_routes(const ProbeService& service);

/// What the operator's commands work with; outlives the server.
struct AdminService {
  const ClosingVault& vault;
  ClientRegistry& clients;
  KeyringKeeper& keeper;
  KeyJobs& jobs;
  const SealOptions& seal;  ///< to open it again with
  VerifyJob& verify;
};

/// What the command line asks of a running server through DIR/admin.sock.
[[nodiscard]] std::vector<Route> socket_routes(const AdminService& service);

}  // namespace cardvault::api
