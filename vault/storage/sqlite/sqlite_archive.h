#pragma once

#include <filesystem>
#include <memory>

#include "vault/storage/wallet_archive.h"

namespace cardvault {

/// Opens the embedded store's database, DIR/vault.db, to copy it to another store or to fill it
/// from one. All threads share one connection. The caller must hold the DirectoryLock and must not
/// have a SqliteStore open on the directory.
///
/// Each import is one commit with synchronous=FULL, like the store's commits. When the call
/// returns, the data survives power loss. A failed call changes nothing.
///
/// If DIR/vault.db does not exist, it fails with store_unavailable. Other errors: those of
/// open_sqlite_store().
[[nodiscard]] Result<std::unique_ptr<WalletArchive>> open_sqlite_archive(
    const std::filesystem::path& directory);

/// Works like open_sqlite_archive(), but creates the database if it does not exist.
[[nodiscard]] Result<std::unique_ptr<WalletArchive>> create_sqlite_archive(
    const std::filesystem::path& directory);

/// Opens a backup by its file name, read-only; imports fail with store_unavailable. Nothing may
/// write to the file. The caller must know that it is a vault's database with the newest schema.
[[nodiscard]] Result<std::unique_ptr<WalletArchive>> open_archive_file(
    const std::filesystem::path& file);

/// Creates such a file, as create_unsynced_database() does.
[[nodiscard]] Result<std::unique_ptr<WalletArchive>> create_archive_file(
    const std::filesystem::path& file);

}  // namespace cardvault
