#pragma once

#include "api/handlers/routes.h"

/// Requests of the operator's commands about keys, through DIR/admin.sock. Access to the socket is
/// the permission. Bodies hold shares and passphrases; they are wiped like bodies with card
/// numbers.
namespace cardvault::api::handlers {

/// Answers `{kind, sealed, generation, sealing, typed?, have?, need?, shares?, custodians?,
/// wrapped?}`. The members from `have` on are there if the seal is Shamir shares; `wrapped` is for
/// testing shares.
[[nodiscard]] Result<Response> show_seal(const AdminService& service, const Request& request);
/// Body: `{share?, typed?}`. Answers as show_seal.
[[nodiscard]] Result<Response> open_seal(const AdminService& service, const Request& request);
[[nodiscard]] Result<Response> close_seal(const AdminService& service, const Request& request);
/// Body: see read_seal_request (api/json/seal_json.h). Answers as show_seal.
[[nodiscard]] Result<Response> reseal(const AdminService& service, const Request& request);

/// Answers the inventory; see api/json/key_inventory.h.
[[nodiscard]] Result<Response> show_keyring(const AdminService& service, const Request& request);
/// Body: `{purpose}`. Answers `{id, purpose, waits}`.
[[nodiscard]] Result<Response> rotate_key(const AdminService& service, const Request& request);
/// Body: `{id, state}`; `state` is enabled, disabled or destroyed. Before the last two, a job
/// counts the remaining uses of the key.
[[nodiscard]] Result<Response> set_key_state(const AdminService& service, const Request& request);
/// Body: `{job, rate?}`; `job` is rewrap or count.
[[nodiscard]] Result<Response> start_key_job(const AdminService& service, const Request& request);
[[nodiscard]] Result<Response> show_key_job(const AdminService& service, const Request& request);
[[nodiscard]] Result<Response> compact_store(const AdminService& service, const Request& request);

}  // namespace cardvault::api::handlers
