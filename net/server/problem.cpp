#include "net/server/problem.h"

#include <nlohmann/json.hpp>
#include <string_view>

#include "base/log.h"

namespace cardvault {
namespace {

constexpr std::chrono::seconds kDefaultRetryAfter{1};

std::string_view title(ErrorCode code) {
  // clang-format off
  switch (code) {
    case ErrorCode::malformed_json: return "The body is not JSON.";
    case ErrorCode::invalid_request: return "The request is not valid.";
    case ErrorCode::sensitive_data_refused: return "The request carries data that is never stored.";
    case ErrorCode::invalid_pan: return "This is not a card number.";
    case ErrorCode::invalid_gesture: return "This is not a gesture.";
    case ErrorCode::weak_credential: return "The credential is too easy to guess.";
    case ErrorCode::length_required: return "The body needs a Content-Length.";
    case ErrorCode::body_too_large: return "The body is too large.";
    case ErrorCode::headers_too_large: return "The header fields are too large.";
    case ErrorCode::uri_too_long: return "The request target is too long.";
    case ErrorCode::transfer_encoding_refused: return "Encoded bodies are not accepted.";
    case ErrorCode::unsupported_media_type: return "The body must be application/json.";
    case ErrorCode::bad_http: return "The request is not well-formed HTTP.";
    case ErrorCode::method_not_allowed: return "The resource does not take this method.";
    case ErrorCode::route_not_found: return "There is no such resource.";
    case ErrorCode::unauthenticated: return "The request needs a bearer credential.";
    case ErrorCode::client_key_invalid: return "The client key is not valid.";
    case ErrorCode::permission_denied: return "The client lacks a permission.";
    case ErrorCode::token_invalid: return "The token is not valid.";
    case ErrorCode::token_expired: return "The token has expired.";
    case ErrorCode::token_revoked: return "The token has been revoked.";
    case ErrorCode::token_wrong_device: return "The token belongs to another device.";
    case ErrorCode::insufficient_scope: return "The token lacks a scope.";
    case ErrorCode::signature_invalid: return "The message is not signed by its channel.";
    case ErrorCode::signature_expired: return "The signed message is too old or too new.";
    case ErrorCode::unlock_failed: return "The credential does not match.";
    case ErrorCode::credential_locked: return "The credential is locked for a while.";
    case ErrorCode::credential_void: return "The credential is void.";
    case ErrorCode::credential_not_set: return "The credential has not been set.";
    case ErrorCode::wallet_not_found: return "There is no such wallet.";
    case ErrorCode::card_not_found: return "There is no such card.";
    case ErrorCode::device_not_found: return "There is no such device.";
    case ErrorCode::deregistration_not_found: return "There is no such deregistration.";
    case ErrorCode::card_already_bound: return "The card is already bound.";
    case ErrorCode::device_already_bound: return "The device is already bound.";
    case ErrorCode::closure_not_found: return "There is no such closure.";
    case ErrorCode::channel_closing: return "The channel is being closed.";
    case ErrorCode::wallet_frozen: return "The wallet is frozen.";
    case ErrorCode::wallet_closed: return "The wallet is closed.";
    case ErrorCode::limit_reached: return "A limit has been reached.";
    case ErrorCode::idempotency_key_reused: return "The idempotency key was used before.";
    case ErrorCode::key_not_found: return "There is no such key.";
    case ErrorCode::key_in_use: return "The key is still needed.";
    case ErrorCode::job_running: return "Another job of this kind is running.";
    case ErrorCode::share_refused: return "The share is not accepted.";
    case ErrorCode::write_conflict: return "Another change came first.";
    case ErrorCode::busy: return "The service is busy.";
    case ErrorCode::shutting_down: return "The service is shutting down.";
    case ErrorCode::store_unavailable: return "The store cannot be reached.";
    case ErrorCode::record_corrupt: return "A stored record is damaged.";
    case ErrorCode::audit_log_damaged: return "The audit log of this wallet is damaged.";
    case ErrorCode::key_unavailable: return "A key is not available.";
    case ErrorCode::key_expired: return "The key is past its cryptoperiod.";
    case ErrorCode::keyring_rolled_back: return "The keyring is an older one.";
    case ErrorCode::vault_sealed: return "The vault is sealed.";
    case ErrorCode::internal: return "Something went wrong inside the service.";
  }
  // clang-format on
  return "Something went wrong inside the service.";
}

std::string_view challenge(ErrorCode code, int status) {
  if (code == ErrorCode::insufficient_scope) return R"(Bearer error="insufficient_scope")";
  if (status != 401) return {};
  if (code == ErrorCode::unauthenticated || code == ErrorCode::unlock_failed) return "Bearer";
  if (code == ErrorCode::signature_invalid || code == ErrorCode::signature_expired) {
    return "Webhook-Signature";
  }
  return R"(Bearer error="invalid_token")";
}

std::optional<std::chrono::seconds> retry_after(const Error& error, int status) {
  if (error.retry_after || status != 503) return error.retry_after;
  return kDefaultRetryAfter;
}

void log_inside(const Error& error, int status, std::string_view request) {
  const bool expected = status == 503 && error.inside.text.empty();
  if (status < 500 || expected) return;
  log::write(status == 503 ? log::Level::warning : log::Level::error, "request_failed",
             {{"code", error_code_name(error.code)},
              {"request_id", request},
              {"inside", std::string_view(error.inside.text)}});
}

void add_optional_members(nlohmann::ordered_json& document, const Error& error) {
  if (!error.fields.empty()) {
    auto& fields = document["errors"] = nlohmann::ordered_json::array();
    for (const FieldError& field : error.fields) {
      nlohmann::ordered_json entry{{"field", field.field}, {"reason", field.reason}};
      if (!field.allowed.empty()) entry["allowed"] = field.allowed;
      fields.push_back(std::move(entry));
    }
  }
  if (error.attempts_left) document["attempts_left"] = *error.attempts_left;
  if (!error.fallback.empty()) document["fallback"] = error.fallback;
  if (error.existing_id.empty()) return;
  if (error.code == ErrorCode::card_already_bound) document["card_id"] = error.existing_id;
  if (error.code == ErrorCode::device_already_bound) document["device_id"] = error.existing_id;
}

}  // namespace

int http_status(ErrorCode code) {
  // clang-format off
  switch (code) {
    case ErrorCode::malformed_json: return 400;
    case ErrorCode::invalid_request: return 400;
    case ErrorCode::sensitive_data_refused: return 422;
    case ErrorCode::invalid_pan: return 422;
    case ErrorCode::invalid_gesture: return 422;
    case ErrorCode::weak_credential: return 422;
    case ErrorCode::length_required: return 411;
    case ErrorCode::body_too_large: return 413;
    case ErrorCode::headers_too_large: return 431;
    case ErrorCode::uri_too_long: return 414;
    case ErrorCode::transfer_encoding_refused: return 400;
    case ErrorCode::unsupported_media_type: return 415;
    case ErrorCode::bad_http: return 400;
    case ErrorCode::method_not_allowed: return 405;
    case ErrorCode::route_not_found: return 404;
    case ErrorCode::unauthenticated: return 401;
    case ErrorCode::client_key_invalid: return 401;
    case ErrorCode::permission_denied: return 403;
    case ErrorCode::token_invalid: return 401;
    case ErrorCode::token_expired: return 401;
    case ErrorCode::token_revoked: return 401;
    case ErrorCode::token_wrong_device: return 401;
    case ErrorCode::insufficient_scope: return 403;
    case ErrorCode::signature_invalid: return 401;
    case ErrorCode::signature_expired: return 401;
    case ErrorCode::unlock_failed: return 401;
    case ErrorCode::credential_locked: return 423;
    case ErrorCode::credential_void: return 423;
    case ErrorCode::credential_not_set: return 409;
    case ErrorCode::wallet_not_found: return 404;
    case ErrorCode::card_not_found: return 404;
    case ErrorCode::device_not_found: return 404;
    case ErrorCode::deregistration_not_found: return 404;
    case ErrorCode::card_already_bound: return 409;
    case ErrorCode::device_already_bound: return 409;
    case ErrorCode::closure_not_found: return 404;
    case ErrorCode::channel_closing: return 409;
    case ErrorCode::wallet_frozen: return 403;
    case ErrorCode::wallet_closed: return 409;
    case ErrorCode::limit_reached: return 409;
    case ErrorCode::idempotency_key_reused: return 422;
    case ErrorCode::key_not_found: return 404;
    case ErrorCode::key_in_use: return 409;
    case ErrorCode::job_running: return 409;
    case ErrorCode::share_refused: return 422;
    case ErrorCode::write_conflict: return 503;
    case ErrorCode::busy: return 503;
    case ErrorCode::shutting_down: return 503;
    case ErrorCode::store_unavailable: return 503;
    case ErrorCode::record_corrupt: return 500;
    case ErrorCode::audit_log_damaged: return 500;
    case ErrorCode::key_unavailable: return 503;
    case ErrorCode::key_expired: return 503;
    case ErrorCode::keyring_rolled_back: return 503;
    case ErrorCode::vault_sealed: return 503;
    case ErrorCode::internal: return 500;
  }
  // clang-format on
  return 500;
}

Response problem_response(const Error& error, const RequestId& request) {
  const int status = http_status(error.code);
  const std::string request_id = request.text();
  const std::string_view code = error_code_name(error.code);
  log_inside(error, status, request_id);

  nlohmann::ordered_json document{{"type", std::string("urn:cardvault:problem:").append(code)},
                                  {"title", title(error.code)},
                                  {"status", status},
                                  {"detail", error.detail},
                                  {"code", code},
                                  {"request_id", request_id}};
  add_optional_members(document, error);

  Response response{.status = status, .content_type = "application/problem+json"};
  if (const auto wait = retry_after(error, status)) {
    document["retry_after_s"] = wait->count();
    response.headers.emplace_back("Retry-After", std::to_string(wait->count()));
  }
  if (const auto words = challenge(error.code, status); !words.empty()) {
    response.headers.emplace_back("WWW-Authenticate", words);
  }
  response.body = document.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  return response;
}

}  // namespace cardvault
