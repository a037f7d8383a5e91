#pragma once

#include <filesystem>
#include <optional>

#include "base/result.h"

namespace cardvault {

/// Exclusive ownership of a data directory by one process: an flock on DIR/lock, which the kernel
/// gives back however the process ends.
class DirectoryLock {
 public:
  /// nullopt when another process owns the directory; store_unavailable when the directory does not
  /// exist or cannot be written.
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
