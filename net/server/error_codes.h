#pragma once

#include "base/error.h"

namespace cardvault {

/// Error codes of HTTP itself.
struct HttpError {
  static constexpr ErrorCode bad_http{"bad_http", ErrorKind::malformed,
                                      "The request is not well-formed HTTP."};
  static constexpr ErrorCode route_not_found{"route_not_found", ErrorKind::not_found,
                                             "There is no such resource."};
  static constexpr ErrorCode method_not_allowed{"method_not_allowed", ErrorKind::method_not_allowed,
                                                "The resource does not support this method."};
  static constexpr ErrorCode length_required{"length_required", ErrorKind::length_required,
                                             "The body needs a Content-Length."};
  static constexpr ErrorCode body_too_large{"body_too_large", ErrorKind::too_large,
                                            "The body is too large."};
  static constexpr ErrorCode uri_too_long{"uri_too_long", ErrorKind::uri_too_long,
                                          "The request target is too long."};
  static constexpr ErrorCode unsupported_media_type{
      "unsupported_media_type", ErrorKind::unsupported_type, "The body must be application/json."};
  static constexpr ErrorCode headers_too_large{"headers_too_large", ErrorKind::head_too_large,
                                               "The header fields are too large."};
  static constexpr ErrorCode transfer_encoding_refused{
      "transfer_encoding_refused", ErrorKind::malformed, "Encoded bodies are not accepted."};
  static constexpr ErrorCode shutting_down{"shutting_down", ErrorKind::unavailable,
                                           "The service is shutting down."};
};

}  // namespace cardvault
