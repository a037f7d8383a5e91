#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "vault/change/vault.h"
#include "vault/wallet/wallet.h"

namespace cardvault {

// Every entry is sealed with its sequence number, and linked to the one before by a keyed hash
// whose last value stands in the wallet record: an entry changed, dropped, moved or cut off the end
// shows (see audit_chain.h). One key both seals and links an entry: key_of() its record.

/// One entry of a wallet's audit log, opened.
struct AuditEntry {
  std::uint64_t seq = 0;
  Time at{};
  std::string actor;
  std::string action;
  std::vector<std::pair<std::string, std::string>> details;
};

/// Seals `entry` as the next one of `wallet`'s log and moves its head.
[[nodiscard]] Result<AuditRow> seal_audit_entry(const Vault& vault, Wallet& wallet,
                                                AuditEntry entry);

struct OpenedEntry {
  AuditEntry entry;
  bool follows = false;  ///< it is the next one of a log that ends with `before`
};

/// Opens one entry. nullopt when it does not open, whatever the reason is. vault_sealed.
[[nodiscard]] Result<std::optional<OpenedEntry>> open_audit_entry(const Vault& vault,
                                                                  const WalletId& wallet,
                                                                  const AuditRow& row,
                                                                  const AuditHead& before);

/// The beginning of a log, sealed and linked anew: where it ended before and ends now.
struct RelinkedLog {
  AuditHead old_head;
  AuditHead new_head;
  std::vector<AuditRow> rows;
};

/// Adds `rows`, which go on from `log.old_head`, sealed and linked under the current key. When the
/// whole log is there, its `old_head` has to be the wallet's. A chain that is broken stays as it
/// is: record_corrupt. The errors of LiveKeyring::current().
[[nodiscard]] Status relink_audit_log(const Vault& vault, const WalletId& wallet,
                                      const std::vector<AuditRow>& rows, RelinkedLog& log);

/// record_corrupt that names the entry.
[[nodiscard]] Error broken_audit_chain(const WalletId& wallet, std::uint64_t seq);

}  // namespace cardvault
