#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cardvault {

/// Kinds of failure. Adding one does not compile until net/http_status.h gives it a status.
enum class ErrorKind : std::uint8_t {
  malformed,  ///< the request as written
  unauthenticated,
  forbidden,
  not_found,
  conflict,  ///< with the state of what it is about
  refused,   ///< well-formed, and not acceptable
  locked,
  unavailable,  ///< not now; a retry may succeed
  internal,
  // Only of HTTP.
  method_not_allowed,
  length_required,
  too_large,
  uri_too_long,
  unsupported_type,
  head_too_large,
};

/// Why a request or an operation could not be done. One code exists per thing that a caller would
/// do differently. The codes that any room may need stand here; those of one room stand in its
/// error_codes.h. The test "error codes" joins them all with docs/api.md.
struct ErrorCode {
  std::string_view name;  ///< snake_case and stable: the member `code` of problem documents
  ErrorKind kind = ErrorKind::internal;
  std::string_view title;  ///< of problem documents
  /// WWW-Authenticate of an answer; "" for the usual one of the kind.
  std::string_view challenge = {};
  /// The member of problem documents that holds Error::existing_id.
  std::string_view existing_member = {};

  constexpr bool operator==(const ErrorCode& other) const { return name == other.name; }

  static const ErrorCode malformed_json;
  static const ErrorCode invalid_request;
  static const ErrorCode limit_reached;
  static const ErrorCode record_corrupt;
  static const ErrorCode write_conflict;
  static const ErrorCode busy;
  static const ErrorCode store_unavailable;
  static const ErrorCode internal;
};

inline constexpr ErrorCode ErrorCode::malformed_json{"malformed_json", ErrorKind::malformed,
                                                     "The body is not JSON."};
inline constexpr ErrorCode ErrorCode::invalid_request{"invalid_request", ErrorKind::malformed,
                                                      "The request is not valid."};
inline constexpr ErrorCode ErrorCode::limit_reached{"limit_reached", ErrorKind::conflict,
                                                    "A limit has been reached."};
inline constexpr ErrorCode ErrorCode::record_corrupt{"record_corrupt", ErrorKind::internal,
                                                     "A stored record is damaged."};
inline constexpr ErrorCode ErrorCode::write_conflict{"write_conflict", ErrorKind::unavailable,
                                                     "Another change came first."};
inline constexpr ErrorCode ErrorCode::busy{"busy", ErrorKind::unavailable, "The service is busy."};
inline constexpr ErrorCode ErrorCode::store_unavailable{"store_unavailable", ErrorKind::unavailable,
                                                        "The store is not available."};
inline constexpr ErrorCode ErrorCode::internal{"internal", ErrorKind::internal,
                                               "An internal error occurred."};

/// Text for the operator's log. It has a type of its own, so that no answer can contain it by
/// accident. It never holds a secret or card data either.
struct OperatorText {
  std::string text;
};

/// One refused member of a request. `field` is its name, with dots for nesting. `reason` is a
/// stable word such as required, unknown_field, wrong_type, too_long, too_short,
/// control_characters, not_allowed, invalid_format, out_of_range, duplicate or not_configured. For
/// not_allowed, `allowed` lists the accepted values if they are a fixed list. For an unknown_field
/// whose name is not repeated, it lists the known members.
struct FieldError {
  std::string field;
  std::string reason;
  std::vector<std::string> allowed = {};
};

/// A failure as a value. `detail` is for the caller and may be shown to anyone; `inside` is for the
/// operator. The optional parts are filled if the contract names them for the code.
struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string detail;
  OperatorText inside = {};
  std::vector<FieldError> fields = {};
  std::optional<std::uint32_t> attempts_left = {};
  std::optional<std::chrono::seconds> retry_after = {};
  std::vector<std::string> fallback = {};
  /// The id of the thing that already exists (card_already_bound, device_already_bound).
  std::string existing_id = {};
};

[[nodiscard]] inline Error make_error(ErrorCode code, std::string detail) {
  return Error{.code = code, .detail = std::move(detail)};
}

/// An error with a cause that only the operator may read.
[[nodiscard]] inline Error make_error(ErrorCode code, std::string detail, OperatorText inside) {
  return Error{.code = code, .detail = std::move(detail), .inside = std::move(inside)};
}

/// invalid_request for a single member.
[[nodiscard]] Error invalid_field(std::string field, std::string reason);

}  // namespace cardvault
