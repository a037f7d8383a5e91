#pragma once

#include "api/handlers/routes.h"

namespace cardvault::api {

using AdminHandler = Result<Response> (*)(const AdminService&, const Request&);

/// Calls the handler and turns an error into its problem document. There is no authentication:
/// access to the socket is the permission.
[[nodiscard]] Handler admin(const AdminService& service, AdminHandler handler);

namespace handlers {

[[nodiscard]] Result<Response> add_client(const AdminService& service, const Request& request);
[[nodiscard]] Result<Response> list_clients(const AdminService& service, const Request& request);
[[nodiscard]] Result<Response> remove_client(const AdminService& service, const Request& request);

/// Answers the open deregistrations of the next 100 wallets after `?cursor=`.
[[nodiscard]] Result<Response> open_closures(const AdminService& service, const Request& request);
[[nodiscard]] Result<Response> show_closures(const AdminService& service, const Request& request);
/// Body: `{channel?}`.
[[nodiscard]] Result<Response> retry_closures(const AdminService& service, const Request& request);
/// Body: `{rate?, index?, file?}`. Answers the job.
[[nodiscard]] Result<Response> start_verify(const AdminService& service, const Request& request);
[[nodiscard]] Result<Response> show_verify(const AdminService& service, const Request& request);
/// Answers `{wallet, first_broken, entries, lost}`.
[[nodiscard]] Result<Response> repair_audit(const AdminService& service, const Request& request);
[[nodiscard]] Result<Response> show_keys(const AdminService& service, const Request& request);

}  // namespace handlers
}  // namespace cardvault::api
