#pragma once

#include "base/error.h"

namespace cardvault::api {

/// Error codes of who calls, and what it may do.
struct CallerError {
  static constexpr ErrorCode unauthenticated{"unauthenticated", ErrorKind::unauthenticated,
                                             "The request needs a bearer credential.", "Bearer"};
  static constexpr ErrorCode client_key_invalid{"client_key_invalid", ErrorKind::unauthenticated,
                                                "The client key is not valid."};
  static constexpr ErrorCode permission_denied{"permission_denied", ErrorKind::forbidden,
                                               "The client lacks a permission."};
};

}  // namespace cardvault::api
