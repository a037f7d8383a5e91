#pragma once

#include "base/error.h"

namespace cardvault {

/// Error codes of a wallet and its parts.
struct WalletError {
  static constexpr ErrorCode wallet_not_found{"wallet_not_found", ErrorKind::not_found,
                                              "There is no such wallet."};
  static constexpr ErrorCode wallet_frozen{"wallet_frozen", ErrorKind::forbidden,
                                           "The wallet is frozen."};
  static constexpr ErrorCode wallet_closed{"wallet_closed", ErrorKind::conflict,
                                           "The wallet is closed."};
  static constexpr ErrorCode card_not_found{"card_not_found", ErrorKind::not_found,
                                            "There is no such card."};
  static constexpr ErrorCode device_not_found{"device_not_found", ErrorKind::not_found,
                                              "There is no such device."};
  static constexpr ErrorCode invalid_pan{"invalid_pan", ErrorKind::refused,
                                         "The card number is not valid."};
  static constexpr ErrorCode credential_locked{"credential_locked", ErrorKind::locked,
                                               "The credential is locked for a while."};
  static constexpr ErrorCode credential_void{"credential_void", ErrorKind::locked,
                                             "The credential is void."};
};

}  // namespace cardvault
