#pragma once

#include "base/error.h"

namespace cardvault {

/// Error codes of devices, credentials and tokens.
struct AccessError {
  static constexpr ErrorCode token_expired{"token_expired", ErrorKind::unauthenticated,
                                           "The token has expired."};
  static constexpr ErrorCode token_revoked{"token_revoked", ErrorKind::unauthenticated,
                                           "The token has been revoked."};
  static constexpr ErrorCode token_wrong_device{"token_wrong_device", ErrorKind::unauthenticated,
                                                "The token belongs to another device."};
  static constexpr ErrorCode unlock_failed{"unlock_failed", ErrorKind::unauthenticated,
                                           "The credential is wrong.", "Bearer"};
  static constexpr ErrorCode credential_not_set{"credential_not_set", ErrorKind::conflict,
                                                "The credential has not been set."};
  static constexpr ErrorCode invalid_gesture{"invalid_gesture", ErrorKind::refused,
                                             "The gesture is not valid."};
  static constexpr ErrorCode device_already_bound{
      "device_already_bound", ErrorKind::conflict, "The device is already bound.", {}, "device_id"};
};

}  // namespace cardvault
