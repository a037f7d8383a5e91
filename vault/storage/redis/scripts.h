#pragma once

#include "vault/storage/redis/script.h"

namespace cardvault::redis_scripts {

// Every script has the keys of one slot. What they take and answer:

/// KEYS: wallet. ARGV: expected version ("" for none) | new version | due number | record |
/// "1" when index and due queue are prepared, else "0" | "1" when entries of kinds that are not
/// unique are added | count, claims to remove | count, claims to add | count, card ids to delete |
/// count, (card id, PAN entry) to put | "1" when the audit entries are the whole log anew | first
/// audit number | count, audit entries.
/// Answers "committed" and the due number before; or, having changed nothing, "conflict", "audit"
/// (the entries do not go on from the last one, or are not as many as there are) or "prepare"
/// (first do so, then ask again) with "1" when the due queue is meant, too.
[[nodiscard]] const Script& commit_wallet();

/// KEYS: wallet. ARGV: version | due number | record | PAN entries | count, audit entries, all of
/// them. The wallet is that and keeps its claims. Answers "due" when it was due before, else "".
[[nodiscard]] const Script& import_wallet();
/// KEYS: wallet. ARGV: claim. The wallet has it, if it is there.
[[nodiscard]] const Script& add_claim();

/// KEYS: index entry. ARGV: wallet | version with which it will have the entry | "1" when the kind
/// is unique. Answers nothing, or another wallet that has it and that one's version.
[[nodiscard]] const Script& claim_index();
/// KEYS: index entry. ARGV: wallet | version. Removes the entry unless a later version wants it.
[[nodiscard]] const Script& release_index();
/// KEYS: wallet. ARGV: claim | version with which it was to be committed | "1" to make that
/// impossible if it is still possible. Answers "held", "stray" or "pending".
[[nodiscard]] const Script& settle_claim();

/// KEYS: due, ids and versions of a shard. ARGV: wallet | due number | version. The wallet is due
/// then or earlier.
[[nodiscard]] const Script& prepare_due();
/// KEYS: due, ids, versions and holds of a shard. ARGV: wallet | due number | version | "1" to end
/// a hold. The wallet is due exactly then, unless a later version has been here.
[[nodiscard]] const Script& settle_due();
/// KEYS: due and holds of a shard. ARGV: now | holds beyond this are none | limit. Answers wallets
/// that are due and free, each followed by its due number, oldest first.
[[nodiscard]] const Script& peek_due();
/// KEYS: due and holds of a shard. ARGV: now | holds beyond this are none | held until | wallets.
/// Answers those that it holds from now on.
[[nodiscard]] const Script& hold_due();

/// KEYS: record of the vault. ARGV: expected version ("" for none) | new version | record.
/// Answers "committed" or "conflict".
[[nodiscard]] const Script& save_vault_record();

}  // namespace cardvault::redis_scripts
