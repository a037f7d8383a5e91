#pragma once

#include "vault/change/audit_log.h"

namespace cardvault {

// A log is a chain. Each row's link is a keyed hash over the previous link, the wallet, the seq and
// the entry. The wallet record holds the last link. The previous link proves the place of a row;
// the wallet record proves the last row. A row in between is proven by a walk from one known link
// to the next. Each step reads rows and record at the same moment, so a concurrent change does not
// look like damage.

/// The result of a walk over a whole log.
struct ChainCheck {
  bool intact = false;
  std::uint64_t entries = 0;       ///< number of entries, according to the wallet record
  std::uint64_t first_broken = 0;  ///< the first seq without proof; 0 if intact
};

enum class ChainStep : std::uint8_t {
  more,     ///< `at` moved, and more rows follow
  whole,    ///< `at` is the end of the log according to the wallet record
  broken,   ///< the row after `at` is missing, changed or surplus
  replaced  ///< the row at `at` is different: the log was rewritten or changed since
};

/// Number of rows that a walk reads at one moment.
constexpr std::size_t kRowsInAStep = 256;

/// Continues a walk over at most `rows` rows. It starts at `at`, which is the beginning or a place
/// that an earlier step proved. It sets `head` to the head in the wallet record. Errors:
/// wallet_not_found, vault_sealed, and those of open_wallet().
[[nodiscard]] Result<ChainStep> walk_chain(const Vault& vault, const WalletId& wallet,
                                           AuditHead& at, AuditHead& head, std::size_t rows);

/// Walks the whole chain. Errors: those of walk_chain().
[[nodiscard]] Result<ChainCheck> check_audit_chain(const Vault& vault, const WalletId& wallet);

}  // namespace cardvault
