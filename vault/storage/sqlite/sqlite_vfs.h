#pragma once

namespace cardvault {

/// Returns the name of a VFS for sqlite3_open_v2(). It is SQLite's default VFS, except that a disk
/// that cannot be read gives SQLITE_IOERR_READ. The default turns EIO and ENXIO of a read into
/// SQLITE_CORRUPT, as if damaged bytes had been read.
///
/// The first call registers it on top of the default VFS of that moment.
[[nodiscard]] const char* vfs_with_read_errors();

}  // namespace cardvault
