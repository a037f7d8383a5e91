#include "vault/storage/sqlite/sqlite_files.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <system_error>

#include "base/log.h"

namespace cardvault {
namespace {

/// Far above the number of files and connections of a server.
constexpr rlim_t kMostDescriptors = 65536;

constexpr const char* kWhatToDo =
    "commits fail; copy the database and its log to a safe place before this process ends: "
    "docs/backup.md";

}  // namespace

DatabaseFiles::DatabaseFiles(const std::filesystem::path& database) {
  files_[kDatabase].path = database;
  files_[kLog].path = database.string() + "-wal";
  files_[2].path = database.string() + "-shm";
  files_[3].path = database.parent_path() / "lock";
  for (File& file : files_) {
    struct stat found{};
    if (::stat(file.path.c_str(), &found) != 0) continue;
    file.device = found.st_dev;
    file.inode = found.st_ino;
    file.watched = true;
    file.size = found.st_size;
  }
  files_[kDatabase].grows = files_[kLog].grows = true;
}

Status DatabaseFiles::check() {
  return tell(look(Sizes::ignore));
}

Status DatabaseFiles::check_sizes() {
  return tell(look(Sizes::compare));
}

Status DatabaseFiles::keep_sizes() {
  return tell(look(Sizes::keep));
}

std::optional<std::string> DatabaseFiles::look(Sizes sizes) {
  for (File& file : files_) {
    if (!file.watched) continue;
    struct stat found{};
    if (::stat(file.path.c_str(), &found) != 0) {
      const bool gone = errno == ENOENT || errno == ENOTDIR;
      const auto why = gone ? "is gone" : std::system_category().message(errno);
      return file.path.filename().string() + ": " + why;
    }
    if (found.st_dev != file.device || found.st_ino != file.inode) {
      return file.path.filename().string() + ": another file took its place";
    }
    if (!file.grows) continue;
    if (sizes == Sizes::compare && found.st_size < file.size) cut_short_ = true;
    if (sizes == Sizes::keep) file.size = found.st_size;
  }
  if (cut_short_) return "another process cut vault.db or its log short";
  return std::nullopt;
}

Status DatabaseFiles::tell(const std::optional<std::string>& loss) {
  const std::lock_guard lock(mutex_);
  if (loss.value_or("") != told_) {
    told_ = loss.value_or("");
    const std::string database = open_path_of(files_[kDatabase]);
    const std::string wal = open_path_of(files_[kLog]);
    if (loss) {
      log::write(log::Level::error, "store_files_lost",
                 {{"cause", std::string_view(told_)},
                  {"open_database", std::string_view(database)},
                  {"open_log", std::string_view(wal)},
                  {"note", kWhatToDo}});
    } else {
      log::write(log::Level::info, "store_files_back", {{"database", std::string_view(database)}});
    }
  }
  if (!loss) return {};
  auto error =
      make_error(ErrorCode::store_unavailable, "The store is not available now. Try again.",
                 OperatorText{"the database files were moved or replaced: " + *loss});
  error.retry_after = std::chrono::seconds{1};
  return fail(std::move(error));
}

std::string DatabaseFiles::open_path_of(const File& file) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return {};
  const auto most = static_cast<int>(std::min(limit.rlim_cur, kMostDescriptors));
  for (int fd = 0; fd < most; ++fd) {
    struct stat found{};
    if (::fstat(fd, &found) != 0) continue;
    if (found.st_dev != file.device || found.st_ino != file.inode) continue;
    return "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(fd);
  }
  return {};
}

}  // namespace cardvault
