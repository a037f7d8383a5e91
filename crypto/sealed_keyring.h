#pragma once

#include "base/bytes.h"
#include "base/random.h"
#include "base/result.h"
#include "crypto/guarded_key.h"
#include "crypto/keyring.h"
#include "crypto/seal.h"
#include "crypto/secret.h"

namespace cardvault {

/// A keyring as a store keeps it:
///
///   format (1) = 2 | seal kind (1) | generation (8, big endian) | length (2) |
///   wrapped keyring key | nonce (24) | ciphertext | tag (16)
///
/// The keyring key is random and wrapped by the seal; associated data is all that stands before the
/// nonce. The generation is the keyring's: a process that runs while the seal is changed sees by it
/// that its keyring is still the newest. Format 1 was a keyring under a key file's root key itself:
/// format (1) = 1 | nonce | ciphertext | tag. Rotating the root key is making another keyring key:
/// records stay as they are.

/// What anybody can read of a stored keyring, not authenticated: who is asked for the root key.
struct SealHead {
  SealKind kind = SealKind::key_file;
  std::uint64_t generation = 0;  ///< 0 in format 1
  Bytes wrapped;                 ///< empty in format 1
};

/// record_corrupt for what begins otherwise.
[[nodiscard]] Result<SealHead> read_seal_head(ByteView stored);

/// The key that the keyring is sealed under, with its wrapped form. Kept while the vault is open,
/// so that the keyring can be changed without asking for the root key again. Moves, never copies;
/// threads may share a const one.
class KeyringKey {
 public:
  /// A fresh one. The errors of Seal::wrap.
  [[nodiscard]] static Result<KeyringKey> make(Seal& seal, RandomSource& random);
  /// That of a stored keyring of format 2. The errors of read_seal_head and of Seal::unwrap, and
  /// key_unavailable when another kind of seal holds the root key.
  [[nodiscard]] static Result<KeyringKey> unwrap(Seal& seal, ByteView stored);
  /// One that has been unwrapped elsewhere.
  KeyringKey(SealKind kind, Bytes wrapped, SecretBytes key);

  [[nodiscard]] Bytes seal(const Keyring& keyring, RandomSource& random) const;
  /// key_unavailable when `stored` is under another keyring key; record_corrupt when it was
  /// changed.
  [[nodiscard]] Result<Keyring> open(ByteView stored) const;
  [[nodiscard]] SealKind kind() const { return kind_; }

 private:
  SealKind kind_;
  Bytes wrapped_;
  GuardedKey key_;
};

/// A keyring with the key to write it back.
struct OpenedKeyring {
  Keyring keyring;
  KeyringKey key;
};

/// Opens either format; for format 1, with a fresh keyring key for the next time it is saved. The
/// errors of KeyringKey.
[[nodiscard]] Result<OpenedKeyring> open_keyring(Seal& seal, ByteView stored, RandomSource& random);

}  // namespace cardvault
