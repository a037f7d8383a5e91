#include "vault/storage/sqlite/sqlite_vfs.h"

#include <sqlite3.h>

#include <list>
#include <mutex>

namespace cardvault {
namespace {

constexpr const char* kName = "cardvault";

/// `methods` must be first, because the file's pMethods points to it.
struct Methods {
  sqlite3_io_methods methods;
  const sqlite3_io_methods* base;
};

int read(sqlite3_file* file, void* to, int size, sqlite3_int64 offset) {
  const auto* own = reinterpret_cast<const Methods*>(file->pMethods);
  const int code = own->base->xRead(file, to, size, offset);
  return code == SQLITE_IOERR_CORRUPTFS ? SQLITE_IOERR_READ : code;
}

/// The default VFS has several method tables, one per way of locking files. Each lives as long as
/// the process.
const sqlite3_io_methods* with_own_read(const sqlite3_io_methods* base) {
  static std::mutex mutex;
  static std::list<Methods> all;
  const std::lock_guard lock(mutex);
  for (const Methods& known : all) {
    if (known.base == base) return &known.methods;
  }
  Methods& made = all.emplace_back(*base, base);
  made.methods.xRead = read;
  return &made.methods;
}

sqlite3_vfs* base_vfs() {
  static sqlite3_vfs* const base = sqlite3_vfs_find(nullptr);
  return base;
}

int open(sqlite3_vfs*, sqlite3_filename name, sqlite3_file* file, int flags, int* opened) {
  const int code = base_vfs()->xOpen(base_vfs(), name, file, flags, opened);
  if (file->pMethods != nullptr) file->pMethods = with_own_read(file->pMethods);
  return code;
}

sqlite3_vfs make_vfs() {
  sqlite3_vfs vfs = *base_vfs();
  vfs.zName = kName;
  vfs.xOpen = open;
  vfs.pNext = nullptr;
  return vfs;
}

}  // namespace

const char* vfs_with_read_errors() {
  static sqlite3_vfs vfs = make_vfs();
  static const int registered = sqlite3_vfs_register(&vfs, /*makeDflt=*/0);
  return registered == SQLITE_OK ? kName : nullptr;
}

}  // namespace cardvault
