#pragma once

namespace cardvault {

/// The name of a VFS for sqlite3_open_v2(): SQLite's default one, but a disk that cannot be read
/// gives SQLITE_IOERR_READ. The default turns EIO and ENXIO of a read into SQLITE_CORRUPT, as if
/// the bytes had been read and were damaged.
///
/// Registered by the first call, over what is the default then.
[[nodiscard]] const char* vfs_with_read_errors();

}  // namespace cardvault
