#pragma once

#include <cstdint>
#include <filesystem>

#include "base/result.h"
#include "vault/storage/sqlite/sqlite_connection.h"

namespace cardvault {

/// PRAGMA application_id of a vault database: "cvlt".
inline constexpr std::int64_t kApplicationId = 0x63766c74;

/// Opens DIR/vault.db for the one writer, creating it (mode 0600; SQLite gives -wal and -shm the
/// same) or migrating it. Each migration is one transaction with its rise of user_version, so an
/// interrupted one starts over.
///
/// store_unavailable when the directory is missing, not writable or full, when the file is another
/// program's database, or when its schema is newer than this program; record_corrupt when the file
/// is no database.
[[nodiscard]] Result<Connection> open_vault_database(const std::filesystem::path& directory);

/// Creates the file (mode 0600), a database with the newest schema in SQLite's plain format, for
/// one who writes it whole, closes and then syncs it: what is committed may be lost before, or the
/// whole file by a crash. store_unavailable.
[[nodiscard]] Result<Connection> create_unsynced_database(const std::filesystem::path& file);

[[nodiscard]] std::filesystem::path vault_database_path(const std::filesystem::path& directory);

/// The newest schema this program knows, as kept in user_version.
[[nodiscard]] std::int64_t newest_schema_version();

}  // namespace cardvault
