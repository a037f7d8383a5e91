#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cardvault {

/// Why a request or an operation could not be done. The names are the stable `code` members of
/// the API's problem documents (see error_code_name); one code exists per thing a caller would do
/// differently. Adding one does not compile until net/server/problem.cpp maps it to a status.
enum class ErrorCode : std::uint8_t {
  // The request as written.
  malformed_json,
  invalid_request,
  sensitive_data_refused,
  invalid_pan,
  invalid_gesture,
  weak_credential,
  length_required,
  body_too_large,
  headers_too_large,
  uri_too_long,
  transfer_encoding_refused,
  unsupported_media_type,
  bad_http,
  method_not_allowed,
  route_not_found,
  // Who is asking.
  unauthenticated,
  client_key_invalid,
  permission_denied,
  token_invalid,
  token_expired,
  token_revoked,
  token_wrong_device,
  insufficient_scope,
  signature_invalid,
  signature_expired,
  unlock_failed,
  credential_locked,
  credential_void,
  credential_not_set,
  // The state of the wallet.
  wallet_not_found,
  card_not_found,
  device_not_found,
  deregistration_not_found,
  card_already_bound,
  device_already_bound,
  closure_not_found,
  channel_closing,
  wallet_frozen,
  wallet_closed,
  limit_reached,
  idempotency_key_reused,
  // The keys, for the operator.
  key_not_found,
  key_in_use,
  job_running,
  share_refused,
  // The service itself.
  write_conflict,
  busy,
  shutting_down,
  store_unavailable,
  record_corrupt,
  audit_log_damaged,
  key_unavailable,
  key_expired,
  keyring_rolled_back,
  vault_sealed,
  internal,
};

/// The stable snake_case name of `code`, the same word as the enumerator.
[[nodiscard]] std::string_view error_code_name(ErrorCode code);

/// Text for the operator's log. A type of its own so that it cannot be rendered into an answer by
/// accident. It never holds a secret or card data either.
struct OperatorText {
  std::string text;
};

/// One refused member of a request. `field` is its name (dots for nesting), `reason` a stable word:
/// required, unknown_field, wrong_type, too_long, too_short, control_characters, not_allowed,
/// invalid_format, out_of_range, duplicate, not_configured. `allowed` lists the values that the
/// member takes, where reason is not_allowed and the values are a fixed list.
struct FieldError {
  std::string field;
  std::string reason;
  std::vector<std::string> allowed = {};
};

/// A failure as a value. `detail` is for the caller and may be shown to anyone; `inside` is for the
/// operator. The optional parts are filled where the contract names them for the code.
struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string detail;
  OperatorText inside = {};
  std::vector<FieldError> fields = {};
  std::optional<std::uint32_t> attempts_left = {};
  std::optional<std::chrono::seconds> retry_after = {};
  std::vector<std::string> fallback = {};
  /// The id of the thing that is already there (card_already_bound, device_already_bound).
  std::string existing_id = {};
};

[[nodiscard]] inline Error make_error(ErrorCode code, std::string detail) {
  return Error{.code = code, .detail = std::move(detail)};
}

/// An error whose cause only the operator may read.
[[nodiscard]] inline Error make_error(ErrorCode code, std::string detail, OperatorText inside) {
  return Error{.code = code, .detail = std::move(detail), .inside = std::move(inside)};
}

/// invalid_request for a single member.
[[nodiscard]] Error invalid_field(std::string field, std::string reason);

}  // namespace cardvault
