#pragma once

#include "vault/storage/commit.h"
#include "vault/storage/error_codes.h"

namespace cardvault {

/// The answer of a store if a commit's audit entries do not fit the stored log.
[[nodiscard]] inline std::unexpected<Error> audit_misfit(const WalletId& wallet) {
  return fail(StorageError::audit_log_damaged,
              "The audit log of this wallet is damaged. Nothing was changed. An operator has to "
              "repair it.",
              OperatorText{"the log does not end where the wallet record says: run `cardvault "
                           "audit repair " +
                           wallet.text() + "`"});
}

}  // namespace cardvault
