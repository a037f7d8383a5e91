#pragma once

#include "base/error.h"

namespace cardvault {

/// Error codes of the keyring and its seal.
struct KeyError {
  static constexpr ErrorCode key_not_found{"key_not_found", ErrorKind::not_found,
                                           "There is no such key."};
  static constexpr ErrorCode key_in_use{"key_in_use", ErrorKind::conflict,
                                        "The key is still needed."};
  static constexpr ErrorCode key_expired{"key_expired", ErrorKind::unavailable,
                                         "The key is past its cryptoperiod."};
  static constexpr ErrorCode job_running{"job_running", ErrorKind::conflict,
                                         "Another job of this kind is running."};
  static constexpr ErrorCode share_refused{"share_refused", ErrorKind::refused,
                                           "The share is not accepted."};
  static constexpr ErrorCode keyring_rolled_back{"keyring_rolled_back", ErrorKind::unavailable,
                                                 "The keyring is older than the last one."};
  static constexpr ErrorCode vault_sealed{"vault_sealed", ErrorKind::unavailable,
                                          "The vault is sealed."};
};

}  // namespace cardvault
