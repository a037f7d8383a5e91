#pragma once

#include <atomic>
#include <vector>

#include "api/call.h"
#include "api/closure_metrics.h"
#include "api/metrics.h"
#include "base/manual_clock.h"

namespace cardvault::api {

/// The contract's routes for wallets' backends and front ends. `service` outlives the server.
[[nodiscard]] std::vector<Route> public_routes(const Service& service);

/// What the admin listener works with; outlives the server.
struct AdminService {
  const Vault& vault;
  ClientRegistry& clients;
  Metrics& metrics;
  ClosureMetrics& closures;
  /// False from the moment the process is told to stop.
  const std::atomic<bool>& accepting;
  /// The clock that POST /v1/test/clock moves; nullptr outside test mode, and then the route is not
  /// there.
  AdjustableClock* test_clock = nullptr;
};

/// Probes, metrics and virtual time: for an address that only the operator reaches.
[[nodiscard]] std::vector<Route> admin_routes(const AdminService& service);

/// What the command line asks of a running server through DIR/admin.sock.
[[nodiscard]] std::vector<Route> socket_routes(const AdminService& service);

}  // namespace cardvault::api
