#pragma once

#include "api/handlers/routes.h"

namespace cardvault::api {

using ProbeHandler = Result<Response> (*)(const ProbeService&, const Request&);

/// Calls the handler and turns an error into its problem document. There is no authentication:
/// access to the listener is the permission.
[[nodiscard]] Handler probe(const ProbeService& service, ProbeHandler handler);

namespace handlers {

/// 200 while the process runs.
[[nodiscard]] Result<Response> livez(const ProbeService& service, const Request& request);
/// 200 while requests are accepted, the vault is open and the store can be read and written
/// (WalletStore::health()).
[[nodiscard]] Result<Response> readyz(const ProbeService& service, const Request& request);
[[nodiscard]] Result<Response> metrics(const ProbeService& service, const Request& request);
/// Body: `{advance_s}`.
[[nodiscard]] Result<Response> advance_clock(const ProbeService& service, const Request& request);

}  // namespace handlers
}  // namespace cardvault::api
