#pragma once

#include <filesystem>
#include <memory>

#include "vault/storage/wallet_archive.h"

namespace cardvault {

/// The embedded store's database, DIR/vault.db, for carrying it to another store or filling it from
/// one. One connection, which all threads share. The caller holds the DirectoryLock and has no
/// SqliteStore open on it.
///
/// Commits what is imported together, with synchronous=FULL as the store does: it survives power
/// loss when the call has returned, and a call that failed did nothing.
///
/// store_unavailable when there is no DIR/vault.db; otherwise as open_sqlite_store.
[[nodiscard]] Result<std::unique_ptr<WalletArchive>> open_sqlite_archive(
    const std::filesystem::path& directory);

/// The same, and the database is created when there is none.
[[nodiscard]] Result<std::unique_ptr<WalletArchive>> create_sqlite_archive(
    const std::filesystem::path& directory);

/// A database by its own name, which nobody writes to: a backup. Only to be read; importing is
/// store_unavailable. The caller knows that it is a vault's, with the newest schema.
[[nodiscard]] Result<std::unique_ptr<WalletArchive>> open_archive_file(
    const std::filesystem::path& file);

/// One that is created, as create_unsynced_database() does.
[[nodiscard]] Result<std::unique_ptr<WalletArchive>> create_archive_file(
    const std::filesystem::path& file);

}  // namespace cardvault
