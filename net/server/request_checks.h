#pragma once

#include <cstddef>

#include "base/result.h"

namespace httplib {
struct Request;
}

namespace cardvault {

inline constexpr std::size_t kMaxBody = 65'536;

/// Details for the caller. They are also used if httplib refuses a request before these checks.
inline constexpr const char* kNoSuchPath =
    "No such path. docs/api.md lists the paths. No path ends in a slash or is percent-encoded.";
inline constexpr const char* kBodyLimit = "The body is larger than 65536 bytes. Send less.";
inline constexpr const char* kSendLength =
    "Transfer-Encoding and Content-Encoding are not accepted. Send the plain body with "
    "Content-Length.";

/// The rules for the fields of every request, checked before any byte of the body is read.
/// transfer_encoding_refused for Transfer-Encoding or Content-Encoding. bad_http for a
/// Content-Length that is not a plain number, HTTP/1.1 without Host, Upgrade, a repeat of a field
/// that must be single, and a control character other than tab. httplib percent-decodes values
/// after its own check, so "%0D" would become a line end. This check therefore looks at the decoded
/// values, as the handlers see them.
[[nodiscard]] Status check_fields(const httplib::Request& request);

/// The rules for the announced body; call it after check_fields(). POST, PUT and PATCH must
/// announce a length (length_required) within the limit (body_too_large) and send JSON unless the
/// body is empty (unsupported_media_type). Other methods must have no body (bad_http).
[[nodiscard]] Status check_announced_body(const httplib::Request& request);

/// True if a body of the request may follow on the connection.
[[nodiscard]] bool may_have_body(const httplib::Request& request);

}  // namespace cardvault
