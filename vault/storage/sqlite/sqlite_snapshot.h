#pragma once

#include <filesystem>

#include "base/result.h"
#include "vault/storage/sqlite/sqlite_connection.h"

namespace cardvault {

/// Writes all rows that `from` sees now, and nothing that was deleted, into a database of its own:
/// one file, mode 0600, in SQLite's plain format (no write-ahead log). Others may write meanwhile;
/// what the connection reads stays as it was, so their log cannot be cut until it is done.
///
/// store_unavailable when there is such a file or it cannot be written; record_corrupt when a page
/// is damaged. Part of a file may be left then. It is not synced.
[[nodiscard]] Status write_snapshot(const Connection& from, const std::filesystem::path& file);

/// Writes the database anew without what deletions left in it, and empties its log. The caller lets
/// nobody else write meanwhile; reads go on. `scratch` is where the new one is built, a file that
/// is there is thrown away, and so is this one at the end. It and the log each take as much of the
/// disk as there is data.
///
/// Nothing is lost by an error: the database is then the old one or the new one.
/// store_unavailable also when somebody reads for longer than the busy timeout; what was deleted
/// may be there still.
[[nodiscard]] Status compact_database(const Connection& writer,
                                      const std::filesystem::path& scratch);

/// Creates the file, or takes its rights from all but its owner (0600). store_unavailable.
[[nodiscard]] Status create_database_file(const std::filesystem::path& file);

}  // namespace cardvault
