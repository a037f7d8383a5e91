#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string_view>

namespace cardvault {

/// An open file, closed at the end of its scope.
class Descriptor {
 public:
  /// As open(2), with O_CLOEXEC; errno says why it is not open.
  explicit Descriptor(const std::filesystem::path& file, int flags, mode_t mode = 0);
  ~Descriptor();
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  [[nodiscard]] bool is_open() const { return number_ >= 0; }
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

/// All of `text`, however many calls it takes; errno says why not.
[[nodiscard]] bool write_all(int descriptor, std::string_view text);

}  // namespace cardvault
