#pragma once

#include <filesystem>
#include <memory>

#include "vault/storage/wallet_store.h"

namespace cardvault {

/// Opens the embedded store: one SQLite database, DIR/vault.db, in WAL mode with synchronous=FULL.
/// So an acknowledged commit survives power loss. The caller must hold the DirectoryLock: only one
/// process may use the store.
///
/// Commits that arrive during a sync share the next transaction (group commit). Each commit still
/// succeeds or conflicts alone. Reads never wait for the disk of a writer. A commit that failed
/// with store_unavailable has not happened. One exception: if the disk failed in the sync itself
/// and the process ends before its next commit, the commit may exist after reopening. A damaged
/// page gives record_corrupt to the requests that read it; other wallets continue to work. A disk
/// that cannot be read, written or synced gives store_unavailable.
///
/// If the database's files are removed, moved, replaced or cut short under the open store (see
/// DatabaseFiles), commits fail with store_unavailable at once, and the store acknowledges nothing
/// more. The group that was being committed may be in the lost file. Reads continue from the open
/// files and still return all acknowledged data. The store recovers when the same files are moved
/// back.
///
/// health() fails in these cases: the files are lost; a commit has failed and no write has worked
/// since (it tries every second); the disk is read-only, full or cannot be read.
///
/// compact() writes the whole database twice, on the disk and not in memory: into
/// DIR/vault.db.compact and through the log. Meanwhile this needs twice the database's size.
/// Commits wait until it is done, up to the queue's limit of callers (kMaxWaitingChanges); further
/// commits are refused. While another process reads for long, as a backup does, it fails with
/// store_unavailable.
///
/// Opening creates the database (mode 0600) or migrates an older schema; it refuses a newer schema.
[[nodiscard]] Result<std::unique_ptr<WalletStore>> open_sqlite_store(
    const std::filesystem::path& directory);

}  // namespace cardvault
