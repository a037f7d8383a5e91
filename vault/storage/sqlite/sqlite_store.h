#pragma once

#include <filesystem>
#include <memory>

#include "vault/storage/wallet_store.h"

namespace cardvault {

/// The embedded store: one SQLite database, DIR/vault.db, in WAL mode with synchronous=FULL, so an
/// acknowledged commit survives power loss. The caller holds the DirectoryLock: one process only.
///
/// Commits that arrive while another is being synced share the next transaction (group commit);
/// each still succeeds or conflicts by itself. Reads never wait for the disk of a writer.
/// A commit that answered store_unavailable did not happen. One exception: when the disk failed in
/// the sync itself and the process ends before its next commit, reopening may find it done.
/// A damaged page gives record_corrupt to those who touch it; other wallets go on. A disk that
/// cannot be read, written or synced gives store_unavailable.
///
/// When the database's files are removed, moved, replaced or cut short under the open store (see
/// DatabaseFiles), commits answer store_unavailable at once and nothing more is acknowledged; the
/// group that was being committed may be in the lost file. Reads go on from the open files: they
/// still tell what was acknowledged. It recovers when the same files are moved back.
///
/// health() fails while the files are lost, after a commit that failed until a write works again
/// (tried every second), and when the disk is read-only, full or cannot be read.
///
/// compact() writes the whole database twice, on the disk, not in memory: into DIR/vault.db.compact
/// and through the log, which takes twice the database's size for as long. Commits wait until it is
/// done, as many callers as the queue holds (kMaxWaitingChanges); more are refused. While another
/// process reads for long, as a backup does, it answers store_unavailable.
///
/// Creates the database (mode 0600) or migrates an older schema at opening; refuses a newer one.
[[nodiscard]] Result<std::unique_ptr<WalletStore>> open_sqlite_store(
    const std::filesystem::path& directory);

}  // namespace cardvault
