#pragma once

#include "vault/audit/audit_chain.h"

namespace cardvault {

/// The result of a repair. For an intact log `first_broken` is 0 and nothing was changed.
struct AuditRepair {
  std::uint64_t first_broken = 0;
  std::uint64_t entries = 0;  ///< number of entries after the repair
  std::uint64_t lost = 0;     ///< number of entries that were missing or did not open
};

/// Restarts the chain of a damaged log from the remaining entries, so that the wallet can be
/// changed again. The damage stays visible for good:
///
///   an entry that opens          keeps its seq and all it says; the seal proves both
///   a missing or unreadable one  becomes `audit.entry_lost`, of `actor` and now, with its seq
///   rows behind the log's end    are kept as long as each opens and follows the number before
///   at the end                   `audit.repaired` with `first_broken` and `lost`
///
/// Errors: wallet_not_found; key_unavailable while an entry's key is disabled; those of
/// open_wallet() and LiveKeyring::current(); store_unavailable; write_conflict if other changes of
/// the wallet came first too many times.
[[nodiscard]] Result<AuditRepair> repair_audit_log(const Vault& vault, const WalletId& wallet,
                                                   const Actor& actor);

}  // namespace cardvault
