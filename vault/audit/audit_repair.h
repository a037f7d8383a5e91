#pragma once

#include "vault/audit/audit_chain.h"

namespace cardvault {

/// What a repair found and did. `first_broken` is 0, and nothing was changed, for an intact log.
struct AuditRepair {
  std::uint64_t first_broken = 0;
  std::uint64_t entries = 0;  ///< of the log now
  std::uint64_t lost = 0;     ///< entries that were missing or did not open
};

/// Starts the chain of a damaged log anew from what is there, so that the wallet can be changed
/// again. The damage stays visible for good:
///
///   an entry that opens          keeps its seq and all it says; the seal proves both
///   a missing or unreadable one  becomes `audit.entry_lost`, of `actor` and now, with its seq
///   rows behind the log's end    are kept as long as each opens and follows the number before
///   at the end                   `audit.repaired` with `first_broken` and `lost`
///
/// wallet_not_found, key_unavailable while an entry's key is disabled, the errors of open_wallet()
/// and LiveKeyring::current(), store_unavailable, write_conflict when the wallet changed again and
/// again.
[[nodiscard]] Result<AuditRepair> repair_audit_log(const Vault& vault, const WalletId& wallet,
                                                   const Actor& actor);

}  // namespace cardvault
