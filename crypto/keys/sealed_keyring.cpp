#include "crypto/keys/sealed_keyring.h"

#include <string>
#include <utility>

#include "crypto/aead.h"
#include "crypto/big_endian.h"
#include "crypto/error_codes.h"

namespace cardvault {
namespace {

constexpr std::uint8_t kSealedFormat = 2;
constexpr std::size_t kGenerationAt = 2;
constexpr std::size_t kSealingAt = 10;
constexpr std::size_t kLengthAt = 14;
constexpr std::size_t kSealedHeadSize = 16;
constexpr std::string_view kSealedLabel = "cardvault keyring, format 2";

std::unexpected<Error> corrupt(std::string_view why) {
  return fail(ErrorCode::record_corrupt, "The stored keyring is damaged.",
              OperatorText{"sealed keyring: " + std::string(why)});
}

Bytes write_head(const SealHead& head) {
  Bytes bytes{kSealedFormat, static_cast<std::uint8_t>(head.kind)};
  append_big_endian(bytes, head.age.generation);
  append_big_endian(bytes, head.age.seal_version);
  append_big_endian(bytes, static_cast<std::uint16_t>(head.wrapped.size()));
  bytes.insert(bytes.end(), head.wrapped.begin(), head.wrapped.end());
  return bytes;
}

Bytes associated_data(const Bytes& head) {
  const ByteView label = as_bytes(kSealedLabel);
  Bytes bytes(label.begin(), label.end());
  bytes.insert(bytes.end(), head.begin(), head.end());
  return bytes;
}

}  // namespace

Result<SealHead> read_seal_head(ByteView stored) {
  if (stored.empty()) return corrupt("empty");
  if (stored[0] != kSealedFormat) {
    return fail(ErrorCode::record_corrupt, "The stored keyring was written by another version.",
                OperatorText{"sealed keyring: format " + std::to_string(stored[0]) + ", not " +
                             std::to_string(kSealedFormat)});
  }
  if (stored.size() < kSealedHeadSize) return corrupt("cut short");
  const auto kind = static_cast<SealKind>(stored[1]);
  if (seal_name(kind).empty()) return corrupt("unknown seal");
  const std::size_t size = from_big_endian<std::uint16_t>(stored.subspan(kLengthAt));
  if (size == 0 || size > kLongestWrappedKey) return corrupt("a wrapped key of impossible length");
  if (stored.size() < kSealedHeadSize + size + kAeadOverhead) return corrupt("cut short");
  const ByteView wrapped = stored.subspan(kSealedHeadSize, size);
  return SealHead{kind,
                  {from_big_endian<std::uint64_t>(stored.subspan(kGenerationAt)),
                   from_big_endian<std::uint32_t>(stored.subspan(kSealingAt))},
                  Bytes(wrapped.begin(), wrapped.end())};
}

KeyringKey::KeyringKey(SealHead head, SecretBytes key)
    : kind_(head.kind),
      seal_version_(head.age.seal_version),
      wrapped_(std::move(head.wrapped)),
      key_(std::move(key)) {}

Result<KeyringKey> KeyringKey::make(Seal& seal, std::uint32_t seal_version, RandomSource& random) {
  SecretBytes key = SecretBytes::random(kAeadKeySize, random);
  TRY_VALUE(auto wrapped, seal.wrap(key));
  TRY_VALUE(const auto back, seal.unwrap(wrapped));
  if (!equal_constant_time(back.expose(), key.expose()))
    return corrupt("the seal gives back another key");
  return KeyringKey({seal.kind(), {0, seal_version}, std::move(wrapped)}, std::move(key));
}

Result<KeyringKey> KeyringKey::unwrap(Seal& seal, ByteView stored) {
  TRY_VALUE(auto head, read_seal_head(stored));
  if (head.kind != seal.kind()) {
    return fail(CryptoError::key_unavailable, "The vault is sealed by " +
                                                  std::string(seal_name(head.kind)) + ", not by " +
                                                  std::string(seal_name(seal.kind())) + ".");
  }
  TRY_VALUE(auto key, seal.unwrap(head.wrapped));
  if (key.size() != kAeadKeySize) return corrupt("the keyring key has a wrong length");
  return KeyringKey(std::move(head), std::move(key));
}

Bytes KeyringKey::seal(const Keyring& keyring, RandomSource& random) const {
  Bytes bytes = write_head({kind_, {keyring.generation(), seal_version_}, wrapped_});
  const Bytes associated = associated_data(bytes);
  return key_.with([&](ByteView key) {
    aead_seal(key, keyring.serialize().expose(), associated, random, bytes);
    return std::move(bytes);
  });
}

Result<Keyring> KeyringKey::open(ByteView stored) const {
  TRY_VALUE(const auto head, read_seal_head(stored));
  if (head.kind != kind_ || head.wrapped != wrapped_) {
    return fail(CryptoError::key_unavailable, "The keyring was sealed again. Restart this process.",
                OperatorText{"sealed keyring: sealed under another keyring key"});
  }
  const Bytes bytes = write_head(head);
  auto opened = key_.with([&](ByteView key) {
    return aead_open(key, stored.subspan(bytes.size()), associated_data(bytes));
  });
  if (!opened) return corrupt("changed since it was sealed");
  auto keyring = Keyring::parse(*opened);
  wipe(*opened);
  if (keyring && keyring->generation() != head.age.generation)
    return corrupt("two different generations");
  return keyring;
}

Result<OpenedKeyring> open_keyring(Seal& seal, ByteView stored) {
  TRY_VALUE(auto key, KeyringKey::unwrap(seal, stored));
  TRY_VALUE(auto keyring, key.open(stored));
  return OpenedKeyring{std::move(keyring), std::move(key)};
}

}  // namespace cardvault
