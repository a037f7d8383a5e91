#pragma once

#include "vault/change/audit_log.h"

namespace cardvault {

/// Some entries of a log, and the result of checking them against each other.
struct AuditPage {
  std::vector<AuditEntry> entries;  ///< the entries that open; the others are missing
  bool has_more = false;
  std::uint64_t next = 0;  ///< if has_more, the value of `after` for the next page
  AuditHead head;          ///< head of the log at the same moment
  /// The first seq of the page that does not follow the row before it or, at the end of the log,
  /// does not match the wallet record. 0 if all rows are right.
  std::uint64_t first_broken = 0;
};

/// Reads at most `limit` entries after `after`. `limit` must be at most 500. Errors:
/// wallet_not_found, vault_sealed, and those of open_wallet().
[[nodiscard]] Result<AuditPage> read_audit(const Vault& vault, const WalletId& wallet,
                                           std::uint64_t after, std::size_t limit);

}  // namespace cardvault
