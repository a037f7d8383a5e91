#pragma once

#include "base/error.h"

namespace cardvault {

/// Error codes of changing a wallet.
struct ChangeError {
  static constexpr ErrorCode idempotency_key_reused{
      "idempotency_key_reused", ErrorKind::refused,
      "The idempotency key was used with another request."};
};

}  // namespace cardvault
