#pragma once

#include "vault/change/audit_log.h"

namespace cardvault {

// A log is a chain: each row's link is a keyed hash over the link before, the wallet, the seq and
// the entry, and the wallet record holds the last link. A row proves its place by the link before
// it; the last row by the wallet record; a row between them by a walk from one known link to the
// next. Rows and record of one step are read at one moment, so a change in between is no damage.

/// What a walk over a whole log found.
struct ChainCheck {
  bool intact = false;
  std::uint64_t entries = 0;       ///< of the log, as the wallet record says
  std::uint64_t first_broken = 0;  ///< the first seq that is not proven; 0 when intact
};

enum class ChainStep : std::uint8_t {
  more,     ///< `at` moved, and there are more rows
  whole,    ///< `at` is the end of the log that the wallet record names
  broken,   ///< the row behind `at` is missing, changed or one too many
  replaced  ///< the row at `at` is another: the log was written anew, or changed, since
};

/// How many rows a walk reads at one moment.
constexpr std::size_t kRowsInAStep = 256;

/// Walks on from `at`, a place that an earlier step proved (or the beginning), over at most `rows`
/// rows. `head` becomes what the wallet record says. wallet_not_found, vault_sealed, and the errors
/// of open_wallet().
[[nodiscard]] Result<ChainStep> walk_chain(const Vault& vault, const WalletId& wallet,
                                           AuditHead& at, AuditHead& head, std::size_t rows);

/// Walks the whole chain. Errors as walk_chain().
[[nodiscard]] Result<ChainCheck> check_audit_chain(const Vault& vault, const WalletId& wallet);

}  // namespace cardvault
