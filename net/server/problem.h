#pragma once

#include "base/error.h"
#include "net/server/http.h"

namespace cardvault {

/// The problem document (RFC 9457) of `error` with Content-Type application/problem+json: type,
/// title, status, detail, code, request_id, and where the error has them errors, attempts_left,
/// retry_after_s, fallback, card_id or device_id; Retry-After and WWW-Authenticate as headers
/// (RFC 9110, RFC 6750). `error.inside` is written to the log for 5xx statuses and never to the
/// answer; a 503 without one (busy, shutting_down) is not logged, so a crowd cannot flood the log.
[[nodiscard]] Response problem_response(const Error& error, const RequestId& request);

}  // namespace cardvault
