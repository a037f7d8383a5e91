#pragma once

#include <cstddef>

#include "vault/storage/wallet_archive.h"

namespace cardvault {

/// Copies a vault unchanged into an empty store while others use it. No key is needed or seen. It
/// cannot make the comparison with which copy_store() ends. It runs on `workers` threads.
///
/// It copies every wallet that existed at the start. Each wallet is complete as it was at one
/// moment of the copy, but different wallets have different moments. Wallets created later, and
/// their index entries, are left out. Of the index it copies:
///   - Cards: entries that existed before or after the wallets were read. So a surplus entry may
///     lead to a wallet that does not have the card; a search notices that. An entry is missing
///     only for a card that was bound after the copy began, was read, and was ended before the copy
///     ended.
///   - Unique kinds: entries that existed after the wallets were read. If a wallet was closed in
///     between, its copy is open, but its subject does not find it.
/// The keyring must be the same at the start and at the end. The clients are those at the end. Both
/// are written last.
///
/// It needs 16 bytes of memory per wallet and 49 per index entry of a card.
///
/// If the source has no vault, or its keyring changed meanwhile, it fails with write_conflict, and
/// the detail says what to do. Other errors: those of the stores. After an error the target is not
/// a copy.
[[nodiscard]] Status copy_while_used(WalletArchive& source, WalletArchive& target,
                                     std::size_t workers);

}  // namespace cardvault
