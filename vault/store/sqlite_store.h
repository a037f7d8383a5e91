#pragma once

#include <filesystem>
#include <memory>

#include "vault/ports/wallet_store.h"

namespace cardvault {

/// The embedded store: one SQLite database, DIR/vault.db, in WAL mode with synchronous=FULL, so an
/// acknowledged commit survives power loss. The caller holds the DirectoryLock: one process only.
///
/// Commits that arrive while another is being synced share the next transaction (group commit);
/// each still succeeds or conflicts by itself. Reads never wait for the disk of a writer.
/// A commit that answered store_unavailable did not happen. One exception: when the disk failed in
/// the sync itself and the process ends before its next commit, reopening may find it done.
/// A damaged page gives record_corrupt to those who touch it; other wallets go on.
///
/// Creates the database (mode 0600) or migrates an older schema at opening; refuses a newer one.
[[nodiscard]] Result<std::unique_ptr<WalletStore>> open_sqlite_store(
    const std::filesystem::path& directory);

}  // namespace cardvault
