#pragma once

#include <cstdint>
#include <filesystem>

#include "base/result.h"
#include "vault/storage/sqlite/sqlite_connection.h"

namespace cardvault {

/// PRAGMA application_id of a vault database: "cvlt".
inline constexpr std::int64_t kApplicationId = 0x63766c74;

/// Opens DIR/vault.db for the one writer. It creates the file (mode 0600; SQLite gives -wal and
/// -shm the same mode) or migrates it. Each migration and its new user_version are one transaction,
/// so an interrupted migration starts again.
///
/// If the directory is missing, not writable or full, if the file is another program's database, or
/// if its schema is newer than this program, it fails with store_unavailable. If the file is no
/// database, it fails with record_corrupt.
[[nodiscard]] Result<Connection> open_vault_database(const std::filesystem::path& directory);

/// Creates the file (mode 0600), a database with the newest schema in SQLite's plain format. The
/// caller must write everything, close the database and then sync the file. Before that, committed
/// data may be lost, and a crash may destroy the whole file. Errors: store_unavailable.
[[nodiscard]] Result<Connection> create_unsynced_database(const std::filesystem::path& file);

[[nodiscard]] std::filesystem::path vault_database_path(const std::filesystem::path& directory);

/// Returns the newest schema version of this program. user_version stores it.
[[nodiscard]] std::int64_t newest_schema_version();

}  // namespace cardvault
