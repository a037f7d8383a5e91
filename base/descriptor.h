#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string_view>

namespace cardvault {

/// An open file. The destructor closes it.
class Descriptor {
 public:
  /// Calls open(2) with O_CLOEXEC. If is_open() is false afterwards, errno holds the reason.
  explicit Descriptor(const std::filesystem::path& file, int flags, mode_t mode = 0);
  ~Descriptor();
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  [[nodiscard]] bool is_open() const { return number_ >= 0; }
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

/// Writes all of `text`, in as many calls as it takes. If it fails, errno holds the reason.
[[nodiscard]] bool write_all(int descriptor, std::string_view text);

}  // namespace cardvault
