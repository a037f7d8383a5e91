#include "vault/storage/directory_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

namespace cardvault {
namespace {

constexpr int kNone = -1;

Error lock_error(int error_number) {
  auto error = make_error(ErrorCode::store_unavailable, "The data directory cannot be used.",
                          OperatorText{"lock: " + std::system_category().message(error_number)});
  error.retry_after = std::chrono::seconds{1};
  return error;
}

int lock_exclusively(int fd) {
  int code = 0;
  do {
    code = ::flock(fd, LOCK_EX | LOCK_NB);
  } while (code != 0 && errno == EINTR);
  return code;
}

}  // namespace

Result<std::optional<DirectoryLock>> DirectoryLock::try_acquire(
    const std::filesystem::path& directory) {
  const auto file = directory / "lock";
  const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return fail(lock_error(errno));
  DirectoryLock lock(fd);
  if (lock_exclusively(fd) == 0) return std::optional(std::move(lock));
  if (errno == EWOULDBLOCK) return std::nullopt;
  return fail(lock_error(errno));
}

DirectoryLock::~DirectoryLock() {
  if (fd_ != kNone) ::close(fd_);
}

DirectoryLock::DirectoryLock(DirectoryLock&& other) noexcept
    : fd_(std::exchange(other.fd_, kNone)) {}

DirectoryLock& DirectoryLock::operator=(DirectoryLock&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

}  // namespace cardvault
