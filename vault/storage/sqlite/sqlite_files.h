#pragma once

#include <sys/types.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>

#include "base/result.h"

namespace cardvault {

/// Detects that the files of an open database are not in their place any more: removed, moved,
/// replaced by other files, or cut short. SQLite continues to write to a file without a name, and
/// all of it is lost when the process ends.
///
///   vault.db, vault.db-wal, vault.db-shm    device and inode of the path; size of the first two
///   lock                                    device and inode: without it a second process may
///                                           believe that it owns the directory
///
/// It also detects that a file was moved back. A file that was cut short stays lost until the
/// process restarts. Safe to use from any thread, unless stated otherwise.
class DatabaseFiles {
 public:
  /// The database must be open, with its log. Files that do not exist are not watched.
  explicit DatabaseFiles(const std::filesystem::path& database);

  /// Checks the paths with four system calls of about a microsecond. If a file is lost, it fails
  /// with store_unavailable and names the file and the cause. It logs "store_files_lost" (error)
  /// with the paths in /proc that still lead to the open files, and "store_files_back" (info), once
  /// per change.
  [[nodiscard]] Status check();

  /// Like check(), with the sizes. Only the database's one writer may call these. check_sizes():
  /// call it before a write, to detect that something else has cut a file short. keep_sizes(): call
  /// it after a write, to remember the new sizes.
  [[nodiscard]] Status check_sizes();
  [[nodiscard]] Status keep_sizes();

 private:
  struct File {
    std::filesystem::path path;
    dev_t device = 0;
    ino_t inode = 0;
    bool watched = false;
    bool grows = false;
    std::atomic<std::int64_t> size{0};
  };
  static constexpr std::size_t kDatabase = 0;
  static constexpr std::size_t kLog = 1;

  enum class Sizes : std::uint8_t { ignore, compare, keep };

  /// Returns a description of the loss, if there is one.
  [[nodiscard]] std::optional<std::string> look(Sizes sizes);
  [[nodiscard]] Status tell(const std::optional<std::string>& loss);
  /// Returns "/proc/PID/fd/N" of the open file, or "" if none is open.
  [[nodiscard]] static std::string open_path_of(const File& file);

  std::array<File, 4> files_;
  std::atomic<bool> cut_short_{false};
  std::mutex mutex_;
  std::string told_;  ///< the last logged loss; "" if there is none
};

}  // namespace cardvault
