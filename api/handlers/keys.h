#pragma once

#include "api/handlers/routes.h"

/// What the operator's commands ask about keys, through DIR/admin.sock; who reaches the socket may
/// call. Bodies hold shares and passphrases: they are wiped like those with card numbers.
namespace cardvault::api::handlers {

/// `{kind, sealed, generation, have, need, shares, custodians, wrapped}`; from `have` on for
/// shares, `wrapped` to try them on.
[[nodiscard]] Result<Response> show_seal(const AdminService& service, const Request& request);
/// `{share?, passphrase?}`; answers as show_seal.
[[nodiscard]] Result<Response> open_seal(const AdminService& service, const Request& request);
[[nodiscard]] Result<Response> close_seal(const AdminService& service, const Request& request);
/// What read_seal_request reads (see api/json/seal_json.h); answers as show_seal.
[[nodiscard]] Result<Response> reseal(const AdminService& service, const Request& request);

/// The inventory; see api/json/key_inventory.h.
[[nodiscard]] Result<Response> show_keyring(const AdminService& service, const Request& request);
/// `{purpose}`; answers `{id, waits}`.
[[nodiscard]] Result<Response> rotate_key(const AdminService& service, const Request& request);
/// `{id, state}`: enabled, disabled or destroyed. The last two count first what needs the key.
[[nodiscard]] Result<Response> set_key_state(const AdminService& service, const Request& request);
/// `{job, rate?}`: rewrap or count.
[[nodiscard]] Result<Response> start_key_job(const AdminService& service, const Request& request);
[[nodiscard]] Result<Response> show_key_job(const AdminService& service, const Request& request);
[[nodiscard]] Result<Response> compact_store(const AdminService& service, const Request& request);

}  // namespace cardvault::api::handlers
