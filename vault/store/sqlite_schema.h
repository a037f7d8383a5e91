#pragma once

#include <cstdint>
#include <filesystem>

#include "base/result.h"
#include "vault/store/sqlite_connection.h"

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

[[nodiscard]] std::filesystem::path vault_database_path(const std::filesystem::path& directory);

/// The newest schema this program knows, as kept in user_version.
[[nodiscard]] std::int64_t newest_schema_version();

}  // namespace cardvault
