#pragma once

#include <filesystem>

#include "vault/storage/copy/store_tally.h"
#include "vault/storage/wallet_archive.h"

namespace cardvault {

// A backup is one file: a database as the embedded store keeps it (sqlite_schema.cpp), mode 0600,
// in SQLite's plain format. Records in it are sealed as they are stored; no key is needed to make
// one or to put it back. It holds nothing of what was deleted before it was begun.
//
// A file is written as write_whole_file() does: as FILE.part, synced, then renamed; never over one
// that is there (write_conflict).
//
// To put one back it must be a vault's database (record_corrupt), of this program's schema or, into
// a directory, an older one (internal), and is first read whole: record_corrupt when SQLite finds
// damage in it. Not found is a change inside a record: that shows when the record is opened, and
// before, in the tally. Nothing is left of what was refused.

/// From DIR/vault.db, whether or not a server has it open: all of it as it was at one moment, with
/// every commit that was acknowledged before. Commits go on; the log grows meanwhile, and compact()
/// is refused. store_unavailable when there is no database or the file cannot be written.
[[nodiscard]] Status backup_database(const std::filesystem::path& directory,
                                     const std::filesystem::path& file);

/// From another store, which may be used meanwhile: as copy_while_used() does, with its errors. The
/// tally is what the file holds, read anew.
[[nodiscard]] Result<StoreTally> backup_archive(WalletArchive& from,
                                                const std::filesystem::path& file);

/// Into DIR/vault.db. The caller holds the DirectoryLock. write_conflict when there is one, or what
/// one left behind (vault.db-wal, -journal): SQLite would add that to it.
[[nodiscard]] Status restore_database(const std::filesystem::path& file,
                                      const std::filesystem::path& directory);

/// Into an empty store, which nobody uses, as copy_store() does: both are compared, the keyring
/// comes last, and one that was cut off is taken up when it is asked for again. write_conflict when
/// the store has a keyring, or wallets that are not the file's; otherwise copy_store()'s errors.
[[nodiscard]] Result<StoreTally> restore_archive(const std::filesystem::path& file,
                                                 WalletArchive& to);

}  // namespace cardvault
