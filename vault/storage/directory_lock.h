#pragma once

#include <filesystem>
#include <optional>

#include "base/result.h"

namespace cardvault {

/// Exclusive ownership of a data directory by one process. It is an flock on DIR/lock, which the
/// kernel releases no matter how the process ends.
class DirectoryLock {
 public:
  /// Returns nullopt if another process owns the directory. Fails with store_unavailable if the
  /// directory does not exist or is not writable.
  [[nodiscard]] static Result<std::optional<DirectoryLock>> try_acquire(
      const std::filesystem::path& directory);

  ~DirectoryLock();
  DirectoryLock(DirectoryLock&& other) noexcept;
  DirectoryLock& operator=(DirectoryLock&& other) noexcept;
  DirectoryLock(const DirectoryLock&) = delete;
  DirectoryLock& operator=(const DirectoryLock&) = delete;

 private:
  explicit DirectoryLock(int fd) : fd_(fd) {}

  int fd_;
};

}  // namespace cardvault
