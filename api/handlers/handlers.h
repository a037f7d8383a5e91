#pragma once

#include "api/handlers/call.h"

/// One function per row of the contract; api/handlers/routes.cpp maps the URLs to them. A handler
/// parses, calls one use case and renders.
namespace cardvault::api::handlers {

// wallets.cpp
[[nodiscard]] Result<Response> create_wallet(const BackendCall& call);
[[nodiscard]] Result<Response> get_wallet(const BackendCall& call);
[[nodiscard]] Result<Response> update_wallet(const BackendCall& call);
[[nodiscard]] Result<Response> get_audit(const BackendCall& call);

// devices.cpp
[[nodiscard]] Result<Response> bind_device(const BackendCall& call);
[[nodiscard]] Result<Response> list_devices(const BackendCall& call);
[[nodiscard]] Result<Response> get_device(const BackendCall& call);
[[nodiscard]] Result<Response> unbind_device(const BackendCall& call);

// credentials.cpp
[[nodiscard]] Result<Response> set_credential(const BackendCall& call);
[[nodiscard]] Result<Response> get_credential(const BackendCall& call);
[[nodiscard]] Result<Response> remove_credential(const BackendCall& call);
[[nodiscard]] Result<Response> unlock(const BackendCall& call);

// tokens.cpp
[[nodiscard]] Result<Response> issue_token(const BackendCall& call);
[[nodiscard]] Result<Response> revoke_all_tokens(const BackendCall& call);
[[nodiscard]] Result<Response> introspect_token(const BackendCall& call);
[[nodiscard]] Result<Response> revoke_token(const BackendCall& call);

// cards.cpp
[[nodiscard]] Result<Response> import_card(const BackendCall& call);
[[nodiscard]] Result<Response> list_cards(const FrontEndCall& call);
[[nodiscard]] Result<Response> get_card(const FrontEndCall& call);
[[nodiscard]] Result<Response> change_card(const FrontEndCall& call);
[[nodiscard]] Result<Response> change_channels(const BackendCall& call);

// deregistrations.cpp
[[nodiscard]] Result<Response> deregister_card(const BackendCall& call);
[[nodiscard]] Result<Response> deregister_own_card(const FrontEndCall& call);
[[nodiscard]] Result<Response> get_deregistration(const BackendCall& call);
[[nodiscard]] Result<Response> list_deregistrations(const BackendCall& call);
[[nodiscard]] Result<Response> withdraw_consent(const BackendCall& call);

// events.cpp
[[nodiscard]] Result<Response> published_keys(const Service& service, const Request& request);
[[nodiscard]] Result<Response> take_channel_event(const Service& service, const Request& request);
[[nodiscard]] Result<Response> take_bank_event(const BackendCall& call);

}  // namespace cardvault::api::handlers
