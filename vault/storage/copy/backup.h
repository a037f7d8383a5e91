#pragma once

#include <filesystem>

#include "vault/storage/copy/store_tally.h"
#include "vault/storage/wallet_archive.h"

namespace cardvault {

// A backup is one file: a database of the embedded store (sqlite_schema.cpp), mode 0600, in
// SQLite's plain format. Its records are sealed as they are stored, so no key is needed to make or
// restore a backup. It contains nothing that was deleted before the backup began.
//
// A file is written as write_whole_file() does it: as FILE.part, synced, then renamed. An existing
// file is never overwritten (write_conflict).
//
// A file can be restored only if it is the database of a vault; otherwise it fails with
// record_corrupt. Its schema must be the one of this program. A restore into a directory also
// accepts an older schema. Any other schema fails with internal. The file is first read completely;
// if SQLite finds damage, the restore fails with record_corrupt. A change inside a record is not
// found then. It shows when the record is opened, or earlier in the tally. A refused restore leaves
// nothing behind.

/// Backs up DIR/vault.db, whether or not a server has it open. The backup shows the database at one
/// moment, with every commit that was acknowledged before. Commits continue; meanwhile the log
/// grows and compact() is refused. If there is no database or the file cannot be written, it fails
/// with store_unavailable.
[[nodiscard]] Status backup_database(const std::filesystem::path& directory,
                                     const std::filesystem::path& file);

/// Backs up another store, which may be used meanwhile. It works like copy_while_used() and has its
/// errors. The tally is read from the written file.
[[nodiscard]] Result<StoreTally> backup_archive(WalletArchive& from,
                                                const std::filesystem::path& file);

/// Restores into DIR/vault.db. The caller must hold the DirectoryLock. If a database exists, or
/// files of an old one (vault.db-wal, -journal), it fails with write_conflict, because SQLite would
/// add those to the new database.
[[nodiscard]] Status restore_database(const std::filesystem::path& file,
                                      const std::filesystem::path& directory);

/// Restores into an empty store that nothing else uses. It works like copy_store(): it compares
/// both, writes the keyring last, and a retry continues an interrupted restore. If the store has a
/// keyring, or wallets that are not in the file, it fails with write_conflict. Other errors: those
/// of copy_store().
[[nodiscard]] Result<StoreTally> restore_archive(const std::filesystem::path& file,
                                                 WalletArchive& to);

}  // namespace cardvault
