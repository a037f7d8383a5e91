#include "crypto/seals/key_file_seal.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "crypto/aead.h"
#include "crypto/seals/root_key.h"

namespace cardvault {
namespace {

constexpr std::uint8_t kFormat = 1;
constexpr std::string_view kFirstLabel = "cardvault keyring, sealed by a key file, format 1";
constexpr std::string_view kLabel = "cardvault key file seal, format 1";
constexpr mode_t kOwnerOnly = S_IRUSR | S_IWUSR;
constexpr std::size_t kKeyTextSize = 43;

class Descriptor {
 public:
  Descriptor(const std::filesystem::path& file, int flags, mode_t mode = 0)
      : number_(::open(file.c_str(), flags | O_CLOEXEC, mode)) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  [[nodiscard]] bool is_open() const { return number_ >= 0; }
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

std::string quoted(const std::filesystem::path& file) {
  return "\"" + file.string() + "\"";
}

std::unexpected<Error> not_written(const std::filesystem::path& file, int cause) {
  std::string detail = "The key file " + quoted(file) + " cannot be written: ";
  detail += cause == EEXIST ? "it exists already and is never overwritten." : std::strerror(cause);
  return fail(ErrorCode::store_unavailable, std::move(detail));
}

std::unexpected<Error> unusable(const std::filesystem::path& file, const std::string& why) {
  return fail(ErrorCode::key_unavailable, "The key file " + quoted(file) + " " + why);
}

std::unexpected<Error> not_this_key(std::string_view why) {
  return fail(ErrorCode::record_corrupt,
              "The keyring cannot be opened with this key file. Check that it is the one the vault "
              "was made with.",
              OperatorText{"sealed keyring: " + std::string(why)});
}

bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

bool sync_folder_of(const std::filesystem::path& file) {
  const auto folder = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
  const Descriptor descriptor(folder, O_RDONLY | O_DIRECTORY);
  return descriptor.is_open() && ::fsync(descriptor.number()) == 0;
}

Status check_file(const std::filesystem::path& file, const Descriptor& descriptor) {
  struct stat facts{};
  if (::fstat(descriptor.number(), &facts) != 0) return unusable(file, "cannot be examined.");
  if (!S_ISREG(facts.st_mode)) return unusable(file, "is not a regular file.");
  if (facts.st_uid != ::geteuid()) {
    return unusable(file, "belongs to another user. Run cardvault as its owner, or: chown " +
                              std::to_string(::geteuid()) + " " + quoted(file));
  }
  if ((facts.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return unusable(file, "is open to other users. Run: chmod 600 " + quoted(file));
  }
  return {};
}

SecretBytes read_root(const Descriptor& descriptor) {
  SecretBytes room(kKeyTextSize + 2);  // a line and one byte more, to notice a longer file
  std::size_t size = 0;
  while (size < room.size()) {
    const auto free = room.expose_mutable().subspan(size);
    const ssize_t got = ::read(descriptor.number(), free.data(), free.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    size += static_cast<std::size_t>(got);
  }
  std::string_view line = as_text(room.expose().first(size));
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.size() != kKeyTextSize) return {};
  auto root = from_base64url(line);
  if (!root) return {};
  SecretBytes key = SecretBytes::copy_of(*root);
  wipe(*root);
  return key;
}

}  // namespace

Status KeyFileSeal::create(const std::filesystem::path& file, RandomSource& random) {
  const Descriptor descriptor(file, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, kOwnerOnly);
  if (!descriptor.is_open()) return not_written(file, errno);
  const SecretBytes root = SecretBytes::random(kAeadKeySize, random);
  std::string line = to_base64url(root.expose()) + "\n";
  const bool written = write_all(descriptor.number(), line) && ::fsync(descriptor.number()) == 0 &&
                       sync_folder_of(file);
  const int cause = errno;
  wipe(line);
  if (written) return {};
  ::unlink(file.c_str());
  return not_written(file, cause);
}

Result<std::unique_ptr<KeyFileSeal>> KeyFileSeal::open(const std::filesystem::path& file,
                                                       RandomSource& random) {
  // O_NONBLOCK: a named pipe in the key's place must not hang the start.
  const Descriptor descriptor(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  if (!descriptor.is_open()) {
    if (errno == ELOOP) return unusable(file, "is a symbolic link. Name the file itself.");
    if (errno == ENOENT) return unusable(file, "does not exist. Run: cardvault init");
    return unusable(file, std::string("cannot be opened: ") + std::strerror(errno));
  }
  if (Status sound = check_file(file, descriptor); !sound) return fail(std::move(sound.error()));
  SecretBytes root = read_root(descriptor);
  if (root.size() != kAeadKeySize) {
    return unusable(file, "does not hold a key: one line of 43 base64url characters is expected.");
  }
  return std::unique_ptr<KeyFileSeal>(new KeyFileSeal(std::move(root), random));
}

KeyFileSeal::KeyFileSeal(SecretBytes root, RandomSource& random)
    : root_(std::move(root)), random_(random) {}

Result<Bytes> KeyFileSeal::wrap(const SecretBytes& key) {
  return wrap_under_root(root_.expose(), kLabel, ByteView(&kFormat, 1), key, random_);
}

Result<SecretBytes> KeyFileSeal::unwrap(ByteView wrapped) {
  if (wrapped.empty() || wrapped[0] != kFormat) return not_this_key("unknown format");
  auto key = unwrap_under_root(root_.expose(), kLabel, sizeof kFormat, wrapped);
  if (!key) return not_this_key("changed, or wrapped by another root key");
  return key;
}

Result<SecretBytes> KeyFileSeal::open_first_format(ByteView stored) {
  if (stored.empty() || stored[0] != kFormat) return not_this_key("unknown format");
  auto opened = aead_open(root_.expose(), stored.subspan(1), as_bytes(kFirstLabel));
  if (!opened) return not_this_key("changed, or sealed by another root key");
  SecretBytes keyring = SecretBytes::copy_of(*opened);
  wipe(*opened);
  return keyring;
}

}  // namespace cardvault
