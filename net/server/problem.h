#pragma once

#include "base/error.h"
#include "net/server/http.h"

namespace cardvault {

/// The problem document (RFC 9457) of `error` with Content-Type application/problem+json: type,
/// title, status, detail, code, request_id. If the error has them, also errors, attempts_left,
/// retry_after_s, fallback, card_id or device_id. A 503 always has retry_after_s, by default 1. The
/// headers are Retry-After and WWW-Authenticate (RFC 9110, RFC 6750).
///
/// For a 5xx status `error.inside` goes to the log and never to the answer. A 503 without `inside`
/// (busy, shutting_down) is not logged, so a crowd cannot flood the log.
[[nodiscard]] Response problem_response(const Error& error, const RequestId& request);

}  // namespace cardvault
