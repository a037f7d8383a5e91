#pragma once

#include <cstddef>

#include "vault/storage/wallet_archive.h"

namespace cardvault {

/// Carries a vault into an empty store while others use it, as it is. No key is needed or seen.
/// What copy_store() compares in the end cannot be compared here. `workers` threads.
///
/// Every wallet that was there at the start is carried, each whole as it was at one moment of the
/// copy, but not all at the same moment. Those created since, and their index entries, are left
/// out. Of the index:
///   - Cards: entries that were there before or after the wallets were read. So one too many may
///     lead to a wallet that has not got the card, which who finds it sees. One is missing of a
///     card only that was bound after the copy began, read, and ended before the copy did.
///   - Unique kinds: entries that were there after the wallets were read. A wallet that was closed
///     in between is carried open, and cannot be found by its subject.
/// The keyring is the same at the start and at the end; the clients are those at the end. Both are
/// written last.
///
/// Takes 16 bytes of memory for a wallet and 49 for an index entry of a card.
///
/// write_conflict, with a detail that says what to do, when the source holds no vault or its
/// keyring was changed meanwhile. Otherwise the stores' own errors; the target is no copy then.
[[nodiscard]] Status copy_while_used(WalletArchive& source, WalletArchive& target,
                                     std::size_t workers);

}  // namespace cardvault
