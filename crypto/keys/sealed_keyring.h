#pragma once

#include "base/bytes.h"
#include "base/random.h"
#include "base/result.h"
#include "crypto/guarded_key.h"
#include "crypto/keys/keyring.h"
#include "crypto/keys/seal.h"
#include "crypto/secret.h"

namespace cardvault {

/// A keyring as a store keeps it:
///
///   format (1) = 2 | seal kind (1) | generation (8, big endian) | seal version (4) | length (2) |
///   wrapped keyring key | nonce (24) | ciphertext | tag (16)
///
/// The keyring key is random and wrapped by the seal. The associated data is a label and everything
/// before the nonce. The generation is the keyring's: a process that runs while the seal changes
/// sees by it that its keyring is still the newest. The seal version counts the changes of the
/// seal, from 1. Rotating the root key makes a new keyring key; records stay as they are.

/// How new a stored keyring is: both numbers only rise. The seal may change without the keys.
struct KeyringAge {
  std::uint64_t generation = 0;
  std::uint32_t seal_version = 0;

  bool operator==(const KeyringAge&) const = default;
};

/// What anybody can read of a stored keyring, not authenticated: who is asked for the root key.
struct SealHead {
  SealKind kind = SealKind::key_file;
  KeyringAge age = {};
  Bytes wrapped = {};
};

/// record_corrupt for what begins otherwise.
[[nodiscard]] Result<SealHead> read_seal_head(ByteView stored);

/// The key that the keyring is sealed under, with its wrapped form. Kept while the vault is open,
/// so that the keyring can be changed without asking for the root key again. Moves, never copies;
/// threads may share a const one.
class KeyringKey {
 public:
  /// A fresh one, once the seal has shown that it gives it back: whoever may only wrap would close
  /// the vault for good. The errors of Seal::wrap and Seal::unwrap, record_corrupt for another key.
  [[nodiscard]] static Result<KeyringKey> make(Seal& seal, std::uint32_t seal_version,
                                               RandomSource& random);
  /// That of a stored keyring of format 2. The errors of read_seal_head and of Seal::unwrap, and
  /// key_unavailable when another kind of seal holds the root key.
  [[nodiscard]] static Result<KeyringKey> unwrap(Seal& seal, ByteView stored);
  /// That of `head`, unwrapped elsewhere.
  KeyringKey(SealHead head, SecretBytes key);

  [[nodiscard]] Bytes seal(const Keyring& keyring, RandomSource& random) const;
  /// key_unavailable when `stored` is under another keyring key; record_corrupt when it was
  /// changed.
  [[nodiscard]] Result<Keyring> open(ByteView stored) const;
  [[nodiscard]] std::uint32_t seal_version() const { return seal_version_; }

 private:
  SealKind kind_;
  std::uint32_t seal_version_;
  Bytes wrapped_;
  GuardedKey key_;
};

/// A keyring with the key to write it back.
struct OpenedKeyring {
  Keyring keyring;
  KeyringKey key;
};

/// The errors of KeyringKey.
[[nodiscard]] Result<OpenedKeyring> open_keyring(Seal& seal, ByteView stored);

}  // namespace cardvault
