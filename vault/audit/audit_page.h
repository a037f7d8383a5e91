#pragma once

#include "vault/change/audit_log.h"

namespace cardvault {

/// Some entries of a log, and what they prove among themselves.
struct AuditPage {
  std::vector<AuditEntry> entries;  ///< those that open; a missing seq is one that does not
  bool has_more = false;
  std::uint64_t next = 0;  ///< what to ask for as `after` when there are more
  AuditHead head;          ///< of the log, at the same moment
  /// The first seq of the page that does not follow the row before it, or, at the end, is not what
  /// the wallet record says; 0 when all do.
  std::uint64_t first_broken = 0;
};

/// Entries after `after`, at most `limit`, which is at most 500. wallet_not_found, vault_sealed,
/// and the errors of open_wallet().
[[nodiscard]] Result<AuditPage> read_audit(const Vault& vault, const WalletId& wallet,
                                           std::uint64_t after, std::size_t limit);

}  // namespace cardvault
