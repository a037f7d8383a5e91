#pragma once

#include "base/error.h"

namespace cardvault {

/// Error codes of secrets, tokens, signatures and keys.
struct CryptoError {
  static constexpr ErrorCode weak_credential{"weak_credential", ErrorKind::refused,
                                             "The credential is too easy to guess."};
  static constexpr ErrorCode token_invalid{"token_invalid", ErrorKind::unauthenticated,
                                           "The token is not valid."};
  static constexpr ErrorCode signature_invalid{"signature_invalid", ErrorKind::unauthenticated,
                                               "The message is not signed by its channel.",
                                               "Webhook-Signature"};
  static constexpr ErrorCode signature_expired{"signature_expired", ErrorKind::unauthenticated,
                                               "The signed message is too old or too new.",
                                               "Webhook-Signature"};
  static constexpr ErrorCode key_unavailable{"key_unavailable", ErrorKind::unavailable,
                                             "A key is not available."};
};

}  // namespace cardvault
