#pragma once

#include <string>
#include <vector>

#include "vault/closing/overview.h"

namespace cardvault::api {

/// `{id, wallet, card, extent, last4, reason, state, requested_at, deadline, deadline_basis,
/// channels:[{channel, state, attempts, last_error, next_attempt_at, closed_at}], receipt?}`. The
/// caller has already updated the deadline. States are those at `now`.
[[nodiscard]] std::string render_deregistration(const WalletId& wallet, const Deregistration& one,
                                                Time now);
/// `{data:[...], has_more, next_cursor}`
[[nodiscard]] std::string render_deregistrations(const WalletId& wallet,
                                                 const std::vector<Deregistration>& all, Time now);
/// The same for deregistrations of several wallets.
[[nodiscard]] std::string render_open_page(const OpenPage& page, Time now);

/// "http_503", "timeout" ...; "" if no attempt has failed.
[[nodiscard]] std::string last_error_of(const Closure& closure);

}  // namespace cardvault::api
