#pragma once

#include "base/bytes.h"
#include "base/random.h"
#include "base/result.h"
#include "crypto/guarded_key.h"
#include "crypto/keys/keyring.h"
#include "crypto/keys/seal.h"
#include "crypto/secret.h"

namespace cardvault {

/// A keyring in the form in which a store keeps it:
///
///   format (1) = 2 | seal kind (1) | generation (8, big endian) | seal version (4) | length (2) |
///   wrapped keyring key | nonce (24) | ciphertext | tag (16)
///
/// The keyring key is random and wrapped by the seal. The associated data is a label and everything
/// before the nonce. The generation is the keyring's: if the seal changes, a running process sees
/// by the generation that its keyring is still the newest. The seal version counts the changes of
/// the seal, from 1. A new root key means a new keyring key; records stay unchanged.

/// Age of a stored keyring. Both numbers only rise. The seal may change without the keys.
struct KeyringAge {
  std::uint64_t generation = 0;
  std::uint32_t seal_version = 0;

  bool operator==(const KeyringAge&) const = default;
};

/// The part of a stored keyring that anybody can read. It is not authenticated. It says which seal
/// holds the root key.
struct SealHead {
  SealKind kind = SealKind::key_file;
  KeyringAge age = {};
  Bytes wrapped = {};
};

/// record_corrupt if the bytes do not begin with such a head.
[[nodiscard]] Result<SealHead> read_seal_head(ByteView stored);

/// The key that seals the keyring, with its wrapped form. It is kept while the vault is open, so
/// that the keyring can change without the root key. Moves, never copies; threads may share a const
/// one.
class KeyringKey {
 public:
  /// Makes a fresh key and checks that the seal can unwrap it. A holder that can only wrap would
  /// close the vault for good. The errors of Seal::wrap and Seal::unwrap; record_corrupt if another
  /// key comes back.
  [[nodiscard]] static Result<KeyringKey> make(Seal& seal, std::uint32_t seal_version,
                                               RandomSource& random);
  /// Unwraps the key of a stored keyring of format 2. The errors of read_seal_head and of
  /// Seal::unwrap; key_unavailable if another kind of seal holds the root key.
  [[nodiscard]] static Result<KeyringKey> unwrap(Seal& seal, ByteView stored);
  /// The key of `head`, already unwrapped by the caller.
  KeyringKey(SealHead head, SecretBytes key);

  [[nodiscard]] Bytes seal(const Keyring& keyring, RandomSource& random) const;
  /// key_unavailable if another keyring key seals `stored`; record_corrupt if it was changed.
  [[nodiscard]] Result<Keyring> open(ByteView stored) const;
  [[nodiscard]] std::uint32_t seal_version() const { return seal_version_; }

 private:
  SealKind kind_;
  std::uint32_t seal_version_;
  Bytes wrapped_;
  GuardedKey key_;
};

/// A keyring, and the key to save it again.
struct OpenedKeyring {
  Keyring keyring;
  KeyringKey key;
};

/// The errors of KeyringKey::unwrap and KeyringKey::open.
[[nodiscard]] Result<OpenedKeyring> open_keyring(Seal& seal, ByteView stored);

}  // namespace cardvault
