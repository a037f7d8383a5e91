#pragma once

#include <filesystem>

#include "base/result.h"
#include "vault/storage/sqlite/sqlite_connection.h"

namespace cardvault {

/// Writes all rows that `from` sees now, and nothing that was deleted, into a new database. It is
/// one file, mode 0600, in SQLite's plain format (no write-ahead log). Others may write meanwhile.
/// The connection reads an unchanged snapshot, so the log cannot be cut until this is done.
///
/// If the file exists and is not empty, or cannot be written, it fails with store_unavailable. If a
/// page is damaged, it fails with record_corrupt. After an error, part of a file may remain. The
/// file is not synced.
[[nodiscard]] Status write_snapshot(const Connection& from, const std::filesystem::path& file);

/// Rewrites the database without the remains of deletions, and empties its log. The caller must
/// keep others from writing meanwhile; reads continue. The new database is built in `scratch`. An
/// existing file of that name is deleted first, and the file is deleted at the end. It and the log
/// each need as much disk space as there is data.
///
/// An error loses nothing: the database is then the old one or the new one. If someone reads longer
/// than the busy timeout, it fails with store_unavailable. After an error, deleted data may still
/// exist.
[[nodiscard]] Status compact_database(const Connection& writer,
                                      const std::filesystem::path& scratch);

/// Creates the file with mode 0600, or gives an existing file that mode. Errors: store_unavailable.
[[nodiscard]] Status create_database_file(const std::filesystem::path& file);

}  // namespace cardvault
