#include "base/error.h"

namespace cardvault {

std::string_view error_code_name(ErrorCode code) {
  // clang-format off
  switch (code) {
    case ErrorCode::malformed_json: return "malformed_json";
    case ErrorCode::invalid_request: return "invalid_request";
    case ErrorCode::sensitive_data_refused: return "sensitive_data_refused";
    case ErrorCode::invalid_pan: return "invalid_pan";
    case ErrorCode::invalid_gesture: return "invalid_gesture";
    case ErrorCode::weak_credential: return "weak_credential";
    case ErrorCode::length_required: return "length_required";
    case ErrorCode::body_too_large: return "body_too_large";
    case ErrorCode::headers_too_large: return "headers_too_large";
    case ErrorCode::uri_too_long: return "uri_too_long";
    case ErrorCode::transfer_encoding_refused: return "transfer_encoding_refused";
    case ErrorCode::unsupported_media_type: return "unsupported_media_type";
    case ErrorCode::bad_http: return "bad_http";
    case ErrorCode::method_not_allowed: return "method_not_allowed";
    case ErrorCode::route_not_found: return "route_not_found";
    case ErrorCode::unauthenticated: return "unauthenticated";
    case ErrorCode::client_key_invalid: return "client_key_invalid";
    case ErrorCode::permission_denied: return "permission_denied";
    case ErrorCode::token_invalid: return "token_invalid";
    case ErrorCode::token_expired: return "token_expired";
    case ErrorCode::token_revoked: return "token_revoked";
    case ErrorCode::token_wrong_device: return "token_wrong_device";
    case ErrorCode::insufficient_scope: return "insufficient_scope";
    case ErrorCode::signature_invalid: return "signature_invalid";
    case ErrorCode::signature_expired: return "signature_expired";
    case ErrorCode::unlock_failed: return "unlock_failed";
    case ErrorCode::credential_locked: return "credential_locked";
    case ErrorCode::credential_void: return "credential_void";
    case ErrorCode::credential_not_set: return "credential_not_set";
    case ErrorCode::wallet_not_found: return "wallet_not_found";
    case ErrorCode::card_not_found: return "card_not_found";
    case ErrorCode::device_not_found: return "device_not_found";
    case ErrorCode::deregistration_not_found: return "deregistration_not_found";
    case ErrorCode::card_already_bound: return "card_already_bound";
    case ErrorCode::device_already_bound: return "device_already_bound";
    case ErrorCode::closure_not_found: return "closure_not_found";
    case ErrorCode::channel_closing: return "channel_closing";
    case ErrorCode::wallet_frozen: return "wallet_frozen";
    case ErrorCode::wallet_closed: return "wallet_closed";
    case ErrorCode::limit_reached: return "limit_reached";
    case ErrorCode::idempotency_key_reused: return "idempotency_key_reused";
    case ErrorCode::key_not_found: return "key_not_found";
    case ErrorCode::key_in_use: return "key_in_use";
    case ErrorCode::job_running: return "job_running";
    case ErrorCode::share_refused: return "share_refused";
    case ErrorCode::write_conflict: return "write_conflict";
    case ErrorCode::busy: return "busy";
    case ErrorCode::shutting_down: return "shutting_down";
    case ErrorCode::store_unavailable: return "store_unavailable";
    case ErrorCode::record_corrupt: return "record_corrupt";
    case ErrorCode::audit_log_damaged: return "audit_log_damaged";
    case ErrorCode::key_unavailable: return "key_unavailable";
    case ErrorCode::key_expired: return "key_expired";
    case ErrorCode::keyring_rolled_back: return "keyring_rolled_back";
    case ErrorCode::vault_sealed: return "vault_sealed";
    case ErrorCode::internal: return "internal";
  }
  // clang-format on
  return "internal";
}

Error invalid_field(std::string field, std::string reason) {
  Error error =
      make_error(ErrorCode::invalid_request, "A member of the request is not acceptable.");
  error.fields.push_back({std::move(field), std::move(reason)});
  return error;
}

}  // namespace cardvault
