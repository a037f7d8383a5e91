#pragma once

#include "base/error.h"

namespace cardvault {

/// Error codes of stored data, beside those of ErrorCode.
struct StorageError {
  static constexpr ErrorCode audit_log_damaged{"audit_log_damaged", ErrorKind::internal,
                                               "The audit log of this wallet is damaged."};
};

}  // namespace cardvault
