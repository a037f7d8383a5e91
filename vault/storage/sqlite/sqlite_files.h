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

/// Notices when the files of an open database are not where they were opened any more: removed,
/// moved, replaced by other files, or cut short. SQLite goes on writing to a file without a name,
/// and all of it is lost when the process ends.
///
///   vault.db, vault.db-wal, vault.db-shm    device and inode of the path; size of the first two
///   lock                                    device and inode: without it a second process may
///                                           believe that it owns the directory
///
/// A file that is moved back is noticed too. A file that was cut short stays lost until the process
/// is restarted. Safe from any thread unless said otherwise.
class DatabaseFiles {
 public:
  /// The database is open, with its log. Files that do not exist are not watched.
  explicit DatabaseFiles(const std::filesystem::path& database);

  /// Looks at the paths: four system calls of about a microsecond. store_unavailable, naming the
  /// file and what happened. Logs "store_files_lost" (error), with the paths in /proc that still
  /// lead to the open files, and "store_files_back" (info), each once for a change.
  [[nodiscard]] Status check();

  /// The same, with the sizes, for the database's one writer: before it writes, whether somebody
  /// else has cut a file short; after it has written, what the sizes are now.
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

  /// What is lost.
  [[nodiscard]] std::optional<std::string> look(Sizes sizes);
  [[nodiscard]] Status tell(const std::optional<std::string>& loss);
  /// "/proc/PID/fd/N" of the open file; "" when there is none.
  [[nodiscard]] static std::string open_path_of(const File& file);

  std::array<File, 4> files_;
  std::atomic<bool> cut_short_{false};
  std::mutex mutex_;
  std::string told_;  ///< the loss that was logged last; "" while there is none
};

}  // namespace cardvault
