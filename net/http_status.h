#pragma once

#include "base/error.h"

namespace cardvault {

/// The HTTP status of a failure.
[[nodiscard]] constexpr int http_status(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::malformed:
      return 400;
    case ErrorKind::unauthenticated:
      return 401;
    case ErrorKind::forbidden:
      return 403;
    case ErrorKind::not_found:
      return 404;
    case ErrorKind::method_not_allowed:
      return 405;
    case ErrorKind::conflict:
      return 409;
    case ErrorKind::length_required:
      return 411;
    case ErrorKind::too_large:
      return 413;
    case ErrorKind::uri_too_long:
      return 414;
    case ErrorKind::unsupported_type:
      return 415;
    case ErrorKind::refused:
      return 422;
    case ErrorKind::locked:
      return 423;
    case ErrorKind::head_too_large:
      return 431;
    case ErrorKind::internal:
      return 500;
    case ErrorKind::unavailable:
      return 503;
  }
  return 500;
}

}  // namespace cardvault
