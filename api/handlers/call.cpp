#include "api/handlers/call.h"

#include <algorithm>

#include "api/callers/error_codes.h"
#include "net/server/problem.h"
#include "net/server/route_table.h"
#include "vault/change/blind_index.h"
#include "vault/closing/canonical_json.h"
#include "vault/closing/error_codes.h"
#include "vault/wallet/error_codes.h"

namespace cardvault::api {
namespace {

constexpr std::size_t kLongestIdempotencyKey = 255;

std::optional<std::string_view> bearer(const Request& request) {
  constexpr std::string_view scheme = "bearer ";
  std::string_view value = request.header("Authorization");
  const bool is_bearer = value.size() > scheme.size() &&
                         std::ranges::equal(value.substr(0, scheme.size()), scheme, {}, [](char c) {
                           return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
                         });
  if (!is_bearer) return std::nullopt;
  return value.substr(scheme.size());
}

std::unexpected<Error> unauthenticated() {
  return fail(CallerError::unauthenticated,
              "The Authorization header is missing. Send Authorization: Bearer TOKEN.");
}

Result<Response> call_backend(const Service& service, Permission permission, BackendHandler handler,
                              const Request& request) {
  const auto key = bearer(request);
  if (!key) return unauthenticated();
  TRY_VALUE(const auto client, service.clients.authenticate(*key));
  TRY(require_permission(client, permission));
  return handler({service, request, client, {"client:" + client.id.text()}});
}

Result<Response> call_front_end(const Service& service, Scope scope, FrontEndHandler handler,
                                const Request& request) {
  const auto token = bearer(request);
  if (!token) return unauthenticated();
  TRY_VALUE(const auto viewer,
            admit_viewer(service.vault, *token, request.header("Device-Id"), scope));
  return handler({service, request, viewer});
}

Response answer_or_problem(Result<Response> result, const Request& request) {
  if (result) return std::move(*result);
  return problem_response(result.error(), request.id());
}

template <class IdType>
Result<IdType> id_in_path(const Request& request, std::string_view name, ErrorCode missing,
                          std::string_view detail) {
  if (const auto id = IdType::parse(request.param(name))) return *id;
  return fail(missing, std::string(detail));
}

}  // namespace

Handler anyone(const Service& service, OpenHandler handler) {
  return [&service, handler](const Request& request) {
    return answer_or_problem(handler(service, request), request);
  };
}

Handler backend(const Service& service, Permission permission, BackendHandler handler) {
  return [&service, permission, handler](const Request& request) {
    return answer_or_problem(call_backend(service, permission, handler, request), request);
  };
}

Handler front_end(const Service& service, Scope scope, FrontEndHandler handler) {
  return [&service, scope, handler](const Request& request) {
    return answer_or_problem(call_front_end(service, scope, handler, request), request);
  };
}

Status require_permission(const Client& client, Permission permission) {
  if (allows(client.permissions, permission)) return {};
  return fail(CallerError::permission_denied, "The client does not have the permission " +
                                                  std::string(permission_name(permission)) + ".");
}

Result<WalletId> wallet_in_path(const Request& request) {
  return id_in_path<WalletId>(request, "wallet", WalletError::wallet_not_found,
                              "There is no such wallet.");
}

Result<DeviceId> device_in_path(const Request& request) {
  return id_in_path<DeviceId>(request, "device", WalletError::device_not_found,
                              "The wallet has no such device.");
}

Result<CardId> card_in_path(const Request& request) {
  return id_in_path<CardId>(request, "card", WalletError::card_not_found,
                            "The wallet has no such card.");
}

Result<DeregistrationId> deregistration_in_path(const Request& request) {
  return id_in_path<DeregistrationId>(request, "deregistration",
                                      ClosingError::deregistration_not_found,
                                      "The wallet has no such deregistration.");
}

Result<std::optional<Idempotency>> idempotency_of(const Service& service, const Request& request,
                                                  std::string_view who) {
  const auto field = request.field("Idempotency-Key");
  if (!field) return std::nullopt;
  const std::string_view key = *field;
  const bool visible = std::ranges::all_of(key, [](char c) { return c > ' ' && c < 0x7f; });
  if (!visible || key.empty() || key.size() > kLongestIdempotencyKey) {
    return fail(invalid_field("Idempotency-Key", "invalid_format"));
  }
  const LiveKeyring& keyring = service.vault.keyring;
  TRY_VALUE(auto of_key, digests_of(keyring, Purpose::request_digest, "idempotency-key",
                                    {as_bytes(who), as_bytes(method_name(request.method())),
                                     as_bytes(request.path()), as_bytes(key)}));
  TRY_VALUE(const auto body, canonical_body(request.body()));
  TRY_VALUE(auto of_body, digests_of(keyring, Purpose::request_digest, "idempotency-request",
                                     {as_bytes(body.expose())}));
  return Idempotency{.key = std::move(of_key), .request = std::move(of_body)};
}

Response json_response(int status, std::string body) {
  return Response{.status = status, .body = std::move(body)};
}

Response answer_response(Answer answer, int created_status) {
  Response response = json_response(answer.created ? created_status : 200, std::move(answer.body));
  if (answer.created && !answer.location.empty()) {
    response.headers.emplace_back("Location", std::move(answer.location));
  }
  if (answer.replayed) response.headers.emplace_back("Idempotent-Replayed", "true");
  return response;
}

Response no_content() {
  return Response{.status = 204, .body = {}, .content_type = {}};
}

}  // namespace cardvault::api
