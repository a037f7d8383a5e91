#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "vault/change/vault.h"
#include "vault/wallet/wallet.h"

namespace cardvault {

// Every entry is sealed with its sequence number. A keyed hash links it to the entry before. The
// wallet record holds the last hash. So every changed, dropped, moved or cut-off entry is detected
// (see audit_chain.h). One key both seals and links an entry: key_of() its record.

/// One opened entry of a wallet's audit log.
struct AuditEntry {
  std::uint64_t seq = 0;
  Time at{};
  std::string actor;
  std::string action;
  std::vector<std::pair<std::string, std::string>> details;
};

/// Seals `entry` as the next entry of `wallet`'s log and moves the wallet's audit head.
[[nodiscard]] Result<AuditRow> seal_audit_entry(const Vault& vault, Wallet& wallet,
                                                AuditEntry entry);

struct OpenedEntry {
  AuditEntry entry;
  bool follows = false;  ///< true if it is the next entry of a log that ends with `before`
};

/// Opens one entry. Returns nullopt if the entry does not open for any reason, except one: the
/// error vault_sealed is returned.
[[nodiscard]] Result<std::optional<OpenedEntry>> open_audit_entry(const Vault& vault,
                                                                  const WalletId& wallet,
                                                                  const AuditRow& row,
                                                                  const AuditHead& before);

/// The beginning of a log, sealed and linked again, with its end before and its end now.
struct RelinkedLog {
  AuditHead old_head;
  AuditHead new_head;
  std::vector<AuditRow> rows;
};

/// Seals and links `rows` under the current key and adds them to `log`. The rows must continue from
/// `log.old_head`. After the last rows, the caller must check that `old_head` is the wallet's head.
/// A broken chain fails with record_corrupt and is not changed. Other errors: those of
/// LiveKeyring::current().
[[nodiscard]] Status relink_audit_log(const Vault& vault, const WalletId& wallet,
                                      const std::vector<AuditRow>& rows, RelinkedLog& log);

/// Makes a record_corrupt error that names the entry.
[[nodiscard]] Error broken_audit_chain(const WalletId& wallet, std::uint64_t seq);

}  // namespace cardvault
