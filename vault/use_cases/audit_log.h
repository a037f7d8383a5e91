#pragma once

#include <string>
#include <utility>
#include <vector>

#include "vault/use_cases/vault.h"
#include "vault/wallet/wallet.h"

namespace cardvault {

/// One entry of a wallet's audit log, opened.
struct AuditEntry {
  std::uint64_t seq = 0;
  Time at{};
  std::string actor;
  std::string action;
  std::vector<std::pair<std::string, std::string>> details;
};

struct AuditPage {
  std::vector<AuditEntry> entries;
  bool has_more = false;
};

/// Every entry is sealed with its sequence number, and linked to the one before by a keyed hash
/// whose last value stands in the wallet record: an entry changed, dropped, moved or cut off the
/// end shows. One key both seals and links an entry: key_of() its record.
struct ChainCheck {
  bool intact = false;
  std::uint64_t entries = 0;
  std::uint64_t first_broken = 0;  ///< 0 when intact
};

/// Seals `entry` as the next one of `wallet`'s log and moves its head.
[[nodiscard]] Result<AuditRow> seal_audit_entry(const Vault& vault, Wallet& wallet,
                                                AuditEntry entry);

/// Entries after `after`, at most `limit`. wallet_not_found, and record_corrupt for an entry that
/// does not open.
[[nodiscard]] Result<AuditPage> read_audit(const Vault& vault, const WalletId& wallet,
                                           std::uint64_t after, std::size_t limit);

/// Opens one entry. record_corrupt, key_unavailable.
[[nodiscard]] Result<AuditEntry> open_audit_entry(const Vault& vault, const WalletId& wallet,
                                                  const AuditRow& row);

/// `rows`, which have to be the whole log of `wallet`, sealed and linked anew under the current
/// key; moves the wallet's head. A chain that is broken stays as it is: record_corrupt. The errors
/// of LiveKeyring::current().
[[nodiscard]] Result<std::vector<AuditRow>> relink_audit_log(const Vault& vault, Wallet& wallet,
                                                             const std::vector<AuditRow>& rows);

/// Walks the whole chain. wallet_not_found.
[[nodiscard]] Result<ChainCheck> check_audit_chain(const Vault& vault, const WalletId& wallet);

}  // namespace cardvault
