#include "crypto/private_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>
#include <utility>

#include "base/descriptor.h"
#include "crypto/error_codes.h"

namespace cardvault {
namespace {

constexpr mode_t kOwnerOnly = S_IRUSR | S_IWUSR;

/// The file with the name that errors use for it.
struct Named {
  const std::filesystem::path& file;
  std::string_view what;

  [[nodiscard]] std::string quoted() const { return "\"" + file.string() + "\""; }
  [[nodiscard]] std::string subject() const {
    return "The " + std::string(what) + " " + quoted() + " ";
  }
  [[nodiscard]] std::unexpected<Error> unusable(const std::string& why) const {
    return fail(CryptoError::key_unavailable, subject() + why);
  }
  [[nodiscard]] std::unexpected<Error> not_written(int cause) const {
    return fail(
        ErrorCode::store_unavailable,
        subject() + "cannot be written: " +
            (cause == EEXIST ? "it already exists and is not overwritten." : std::strerror(cause)));
  }
};

bool sync_folder_of(const std::filesystem::path& file) {
  const auto folder = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
  const Descriptor descriptor(folder, O_RDONLY | O_DIRECTORY);
  return descriptor.is_open() && ::fsync(descriptor.number()) == 0;
}

Status check_file(const Named& named, const Descriptor& descriptor) {
  struct stat facts{};
  if (::fstat(descriptor.number(), &facts) != 0) return named.unusable("cannot be examined.");
  if (!S_ISREG(facts.st_mode)) return named.unusable("is not a regular file.");
  if (facts.st_uid != ::geteuid()) {
    return named.unusable("belongs to another user. Run cardvault as its owner, or: chown " +
                          std::to_string(::geteuid()) + " " + named.quoted());
  }
  if ((facts.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return named.unusable("is open to other users. Run: chmod 600 " + named.quoted());
  }
  return {};
}

/// Reads until `room` is full or the file ends. Returns the number of bytes.
std::size_t read_into(const Descriptor& descriptor, std::span<std::uint8_t> room) {
  std::size_t size = 0;
  while (size < room.size()) {
    const auto free = room.subspan(size);
    const ssize_t got = ::read(descriptor.number(), free.data(), free.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    size += static_cast<std::size_t>(got);
  }
  return size;
}

}  // namespace

Status create_private_file(const std::filesystem::path& file, std::string_view text,
                           std::string_view what) {
  const Named named{file, what};
  const Descriptor descriptor(file, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, kOwnerOnly);
  if (!descriptor.is_open()) return named.not_written(errno);
  const bool written = write_all(descriptor.number(), text) && ::fsync(descriptor.number()) == 0 &&
                       sync_folder_of(file);
  if (written) return {};
  const int cause = errno;
  ::unlink(file.c_str());
  return named.not_written(cause);
}

Status replace_private_file(const std::filesystem::path& file, std::string_view text,
                            std::string_view what) {
  const Named named{file, what};
  auto next = file;
  next += ".next";
  ::unlink(next.c_str());
  TRY(create_private_file(next, text, what));
  if (std::rename(next.c_str(), file.c_str()) == 0 && sync_folder_of(file)) return {};
  return named.not_written(errno);
}

Result<SecretText> read_private_file(const std::filesystem::path& file, std::size_t longest,
                                     std::string_view what, std::string_view if_missing) {
  const Named named{file, what};
  // O_NONBLOCK: if somebody puts a named pipe in place of the file, the start must not hang.
  const Descriptor descriptor(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  if (!descriptor.is_open()) {
    if (errno == ELOOP) return named.unusable("is a symbolic link. Name the file itself.");
    if (errno == ENOENT) return named.unusable("does not exist." + std::string(if_missing));
    return named.unusable(std::string("cannot be opened: ") + std::strerror(errno));
  }
  TRY(check_file(named, descriptor));
  SecretBytes room(longest + 2);  // one for the line end, one to notice a longer file
  std::string_view text =
      as_text(room.expose().first(read_into(descriptor, room.expose_mutable())));
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.size() > longest) return named.unusable("is too long.");
  return SecretText(text);
}

}  // namespace cardvault
