#include "vault/storage/whole_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

namespace cardvault {
namespace {

namespace fs = std::filesystem;

Status unusable(const fs::path& file, int error_number) {
  const std::string why = std::system_category().message(error_number);
  return fail(ErrorCode::store_unavailable, file.string() + " cannot be written: " + why + ".");
}

Status is_there(const fs::path& file) {
  return fail(ErrorCode::write_conflict,
              file.string() + " already exists and is not overwritten. Choose another file name.");
}

bool is_present(const fs::path& file) {
  std::error_code ignored;
  return fs::exists(fs::symlink_status(file, ignored));
}

Status sync(const fs::path& file) {
  const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return unusable(file, errno);
  const int synced = ::fsync(fd);
  const int error_number = errno;
  ::close(fd);
  return synced == 0 ? Status{} : unusable(file, error_number);
}

Status give_name(const fs::path& part, const fs::path& file) {
  if (::renameat2(AT_FDCWD, part.c_str(), AT_FDCWD, file.c_str(), RENAME_NOREPLACE) == 0) return {};
  if (errno == EEXIST) return is_there(file);
  // Some network file systems can rename, but not with this flag.
  if (errno != EINVAL) return unusable(file, errno);
  if (is_present(file)) return is_there(file);
  return ::rename(part.c_str(), file.c_str()) == 0 ? Status{} : unusable(file, errno);
}

fs::path directory_of(const fs::path& file) {
  return file.has_parent_path() ? file.parent_path() : fs::path(".");
}

}  // namespace

Status write_whole_file(const fs::path& file,
                        const std::function<Status(const fs::path& part)>& write) {
  if (is_present(file)) return is_there(file);
  const fs::path part = file.string() + ".part";
  std::error_code ignored;
  fs::remove(part, ignored);
  Status done = write(part);
  if (done) done = sync(part);
  if (done) done = give_name(part, file);
  if (!done) {
    fs::remove(part, ignored);
    return done;
  }
  return sync(directory_of(file));
}

}  // namespace cardvault
