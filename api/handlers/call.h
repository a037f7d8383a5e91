#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "api/callers/client_registry.h"
#include "api/metrics/metrics.h"
#include "base/result.h"
#include "net/server/http.h"
#include "vault/audit/audit_checkpoints.h"
#include "vault/cards/view_cards.h"
#include "vault/closing/closure_worker.h"
#include "vault/lifecycle/whole_vault.h"

namespace cardvault::api {

/// Settings and observer for closing channels.
struct Closing {
  Backoff backoff;
  ClosureObserver& observer;
};

/// The objects that handlers work with. They must outlive all handlers.
struct Service {
  const WholeVault& vault;
  ClientRegistry& clients;
  Closing closing;
  Metrics& metrics;
  AuditCheckpoints& audits;
};

/// A request of an authenticated backend client.
struct BackendCall {
  const Service& service;
  const Request& request;
  const Client& client;
  Actor actor;
};

/// A request whose view token was admitted.
struct FrontEndCall {
  const Service& service;
  const Request& request;
  const Viewer& viewer;
};

using OpenHandler = Result<Response> (*)(const Service&, const Request&);
using BackendHandler = Result<Response> (*)(const BackendCall&);
using FrontEndHandler = Result<Response> (*)(const FrontEndCall&);

/// Handler of a route without authentication: its answer is public, or the request itself proves
/// its sender. Turns an error into its problem document.
[[nodiscard]] Handler anyone(const Service& service, OpenHandler handler);

/// Authenticates "Authorization: Bearer cvk_...", requires `permission`, calls the handler and
/// turns an error into its problem document. Errors: unauthenticated, client_key_invalid,
/// permission_denied.
[[nodiscard]] Handler backend(const Service& service, Permission permission,
                              BackendHandler handler);

/// The same for "Authorization: Bearer v4.local...." with Device-Id and a scope; see admit_viewer.
[[nodiscard]] Handler front_end(const Service& service, Scope scope, FrontEndHandler handler);

/// Checks a permission that a request needs in addition to its route's permission. Error:
/// permission_denied.
[[nodiscard]] Status require_permission(const Client& client, Permission permission);

/// The id in `:wallet`, `:device` ... of the path. If the text is not an id, the error is the
/// not-found error of its kind.
[[nodiscard]] Result<WalletId> wallet_in_path(const Request& request);
[[nodiscard]] Result<DeviceId> device_in_path(const Request& request);
[[nodiscard]] Result<CardId> card_in_path(const Request& request);
[[nodiscard]] Result<DeregistrationId> deregistration_in_path(const Request& request);

/// Reads the Idempotency-Key header: 1 to 255 visible ASCII characters. nullopt if it is absent.
/// `who` separates the keys of different callers. Bodies are compared by value (RFC 8785): white
/// space and the order of members make no difference. Call it after the body was read. Error:
/// invalid_request.
[[nodiscard]] Result<std::optional<Idempotency>> idempotency_of(const Service& service,
                                                                const Request& request,
                                                                std::string_view who);

[[nodiscard]] Response json_response(int status, std::string body);
/// Renders an answer. If this request or its first attempt created something, the status is
/// `created_status` and Location is set. If it already existed, the status is 200. A remembered
/// answer has Idempotent-Replayed: true.
[[nodiscard]] Response answer_response(Answer answer, int created_status);
[[nodiscard]] Response no_content();

}  // namespace cardvault::api
