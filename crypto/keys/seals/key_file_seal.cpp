#include "crypto/keys/seals/key_file_seal.h"

#include <string>
#include <utility>

#include "crypto/aead.h"
#include "crypto/error_codes.h"
#include "crypto/keys/seals/root_key.h"
#include "crypto/private_file.h"

namespace cardvault {
namespace {

constexpr std::uint8_t kKeyFileFormat = 1;
constexpr std::string_view kKeyFileLabel = "cardvault key file seal, format 1";
constexpr std::size_t kKeyTextSize = 43;
constexpr std::size_t kLongestFile = 128;
constexpr std::string_view kWhat = "key file";
constexpr std::string_view kIfMissing =
    " Put the root key file of this vault there, with mode 0600, or name its path with "
    "--root-key-file. It is the file of one line that `cardvault init` made. No backup contains "
    "it.";

std::unexpected<Error> not_this_key(std::string_view why) {
  return fail(ErrorCode::record_corrupt,
              "The keyring cannot be opened with this key file. Use the key file of this vault.",
              OperatorText{"sealed keyring: " + std::string(why)});
}

SecretBytes decode_root(const SecretText& line) {
  if (line.size() != kKeyTextSize) return {};
  auto root = from_base64url(line.expose());
  if (!root) return {};
  SecretBytes key = SecretBytes::copy_of(*root);
  wipe(*root);
  return key;
}

}  // namespace

Status KeyFileSeal::create(const std::filesystem::path& file, RandomSource& random) {
  const SecretBytes root = SecretBytes::random(kAeadKeySize, random);
  std::string text = to_base64url(root.expose());
  std::string line;
  line.reserve(text.size() + 1);  // no growth: it leaves unwiped copies behind
  line.append(text).append("\n");
  auto created = create_private_file(file, line, kWhat);
  wipe(text);
  wipe(line);
  return created;
}

Result<std::unique_ptr<KeyFileSeal>> KeyFileSeal::open(const std::filesystem::path& file,
                                                       RandomSource& random) {
  TRY_VALUE(const auto line, read_private_file(file, kLongestFile, kWhat, kIfMissing));
  SecretBytes root = decode_root(line);
  if (root.size() != kAeadKeySize) {
    return fail(CryptoError::key_unavailable,
                "The key file \"" + file.string() +
                    "\" does not contain a key. A key is one line of 43 base64url characters.");
  }
  return std::unique_ptr<KeyFileSeal>(new KeyFileSeal(std::move(root), random));
}

KeyFileSeal::KeyFileSeal(SecretBytes root, RandomSource& random)
    : root_(std::move(root)), random_(random) {}

Result<Bytes> KeyFileSeal::wrap(const SecretBytes& key) {
  return wrap_under_root(root_.expose(), kKeyFileLabel, ByteView(&kKeyFileFormat, 1), key, random_);
}

Result<SecretBytes> KeyFileSeal::unwrap(ByteView wrapped) {
  if (wrapped.empty() || wrapped[0] != kKeyFileFormat) return not_this_key("unknown format");
  auto key = unwrap_under_root(root_.expose(), kKeyFileLabel, sizeof kKeyFileFormat, wrapped);
  if (!key) return not_this_key("changed, or wrapped by another root key");
  return key;
}

}  // namespace cardvault
