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

/// What handlers need of the closing of channels.
struct Closing {
  Backoff backoff;
  ClosureObserver& observer;
};

/// What handlers work with; outlives all of them.
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

/// A request with a view token that was admitted.
struct FrontEndCall {
  const Service& service;
  const Request& request;
  const Viewer& viewer;
};

using OpenHandler = Result<Response> (*)(const Service&, const Request&);
using BackendHandler = Result<Response> (*)(const BackendCall&);
using FrontEndHandler = Result<Response> (*)(const FrontEndCall&);

/// For anyone: what is public, or proves by itself who sent it. Calls and turns an error into its
/// problem document.
[[nodiscard]] Handler anyone(const Service& service, OpenHandler handler);

/// Authenticates "Authorization: Bearer cvk_...", requires `permission`, calls, and turns an error
/// into its problem document. unauthenticated, client_key_invalid, permission_denied.
[[nodiscard]] Handler backend(const Service& service, Permission permission,
                              BackendHandler handler);

/// The same for "Authorization: Bearer v4.local...." with Device-Id and a scope; see admit_viewer.
[[nodiscard]] Handler front_end(const Service& service, Scope scope, FrontEndHandler handler);

/// permission_denied. For what a request does beyond its route's own permission.
[[nodiscard]] Status require_permission(const Client& client, Permission permission);

/// The `:wallet`, `:device` ... of the path. The kind's not-found error when it is not an id at
/// all.
[[nodiscard]] Result<WalletId> wallet_in_path(const Request& request);
[[nodiscard]] Result<DeviceId> device_in_path(const Request& request);
[[nodiscard]] Result<CardId> card_in_path(const Request& request);
[[nodiscard]] Result<DeregistrationId> deregistration_in_path(const Request& request);

/// From the Idempotency-Key header, if there is one: 1 to 255 visible ASCII characters, else
/// invalid_request. `who` keeps the keys of different callers apart. Bodies are compared by value
/// (RFC 8785): white space and the order of members make no difference. Of a body that was read.
[[nodiscard]] Result<std::optional<Idempotency>> idempotency_of(const Service& service,
                                                                const Request& request,
                                                                std::string_view who);

[[nodiscard]] Response json_response(int status, std::string body);
/// `created_status` with Location for what this request, or its first try, created; 200 for what
/// was there already. Idempotent-Replayed: true for a remembered answer.
[[nodiscard]] Response answer_response(Answer answer, int created_status);
[[nodiscard]] Response no_content();

}  // namespace cardvault::api
