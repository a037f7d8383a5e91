#pragma once

#include "vault/storage/redis/script.h"

namespace cardvault::redis_scripts {

// All keys of a call must be in one slot. The arguments and answers of each script:

/// KEYS: wallet. ARGV: expected version ("" for none) | new version | due number | record | "1" if
/// index and due queue are prepared, else "0" | "1" if entries of non-unique kinds are added, else
/// "0" | count, claims to remove | count, claims to add | count, card ids to delete | count, (card
/// id, PAN entry) to put | "0" if the audit entries continue the log, "1" if they replace the whole
/// log, "2" if they replace even a damaged log | first audit number | count, audit entries.
/// Answers "committed" and the old due number. Otherwise nothing was changed, and the answer is
/// "conflict", "audit" (the entries do not continue the log, or their number is not the stored
/// one), or "prepare" (prepare the index first, then call again); "prepare" has "1" if the due
/// queue must be prepared too.
[[nodiscard]] const Script& commit_wallet();

/// KEYS: wallet. ARGV: version | due number | record | PAN entries | count, all audit entries.
/// Replaces the wallet but keeps its claims. Answers "due" if it was due before, else "".
[[nodiscard]] const Script& import_wallet();
/// KEYS: wallet. ARGV: claim. Adds the claim to the wallet if the wallet exists.
[[nodiscard]] const Script& add_claim();

/// KEYS: index entry. ARGV: wallet | version with which it will have the entry | "1" if the kind is
/// unique. Answers nothing, or another wallet that has the entry and that wallet's version.
[[nodiscard]] const Script& claim_index();
/// KEYS: index entry. ARGV: wallet | version. Removes the entry unless a later version wants it.
[[nodiscard]] const Script& release_index();
/// KEYS: wallet. ARGV: claim | version of the commit that was to add it | "1" to make that commit
/// impossible if it has not happened. Answers "held", "stray" or "pending".
[[nodiscard]] const Script& settle_claim();

/// KEYS: due, ids and versions of a shard. ARGV: wallet | due number | version. Makes the wallet
/// due at that time or earlier.
[[nodiscard]] const Script& prepare_due();
/// KEYS: due, ids, versions and holds of a shard. ARGV: wallet | due number | version | "1" to end
/// a hold. Makes the wallet due at exactly that time, unless a later version was here before.
[[nodiscard]] const Script& settle_due();
/// KEYS: due and holds of a shard. ARGV: now | ignore holds that end after this | limit. Answers
/// wallets that are due and free, each followed by its due number, oldest first.
[[nodiscard]] const Script& peek_due();
/// KEYS: due and holds of a shard. ARGV: now | ignore holds that end after this | end of the new
/// hold | wallets. Answers the wallets that it holds from now on.
[[nodiscard]] const Script& hold_due();

/// KEYS: record of the vault. ARGV: expected version ("" for none) | new version | record. Answers
/// "committed" or "conflict".
[[nodiscard]] const Script& save_vault_record();

}  // namespace cardvault::redis_scripts
