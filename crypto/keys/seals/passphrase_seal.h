#pragma once

#include <memory>

#include "base/random.h"
#include "crypto/keys/seal.h"
#include "crypto/password_hash.h"

namespace cardvault {

/// RFC 9106 section 4, the second recommended option (64 MiB, three passes), but with one lane,
/// because libsodium has no other number. It takes about two tenths of a second, at each start of
/// the vault.
inline constexpr PasswordCost kPassphraseCost{.passes = 3, .memory_kib = 64 * 1024};
/// NIST SP 800-63B-3 section 5.1.1 asks for eight characters if the verifier can count attempts. A
/// thief of the store makes attempts that nothing counts, so four more are required.
inline constexpr std::size_t kShortestPassphrase = 12;

/// A root key that is derived from a typed passphrase; no store holds it. Every wrapped key has its
/// own salt and states the cost of its derivation, so that the cost can be raised later.
///
///   wrapped = format (1) | passes (4, big endian) | memory in KiB (4) | salt (16) | see root_key.h
///   root = Argon2id(opaque_string(passphrase), salt), 32 bytes
///
/// The format is 2. Older versions made format 1, which takes the passphrase byte for byte. In
/// format 2 case and spaces matter; the spelling of accents and the width of letters do not. The
/// passphrase stays in memory as long as the seal.
class PassphraseSeal final : public Seal {
 public:
  /// A seal for a new passphrase. weak_credential with reason too_short if it has fewer than
  /// kShortestPassphrase code points; invalid_request if opaque_string() refuses it.
  [[nodiscard]] static Result<std::unique_ptr<PassphraseSeal>> create(
      SecretText passphrase, RandomSource& random, PasswordCost cost = kPassphraseCost);

  /// A seal for an existing wrapped key, with any passphrase. wrap() uses `cost`; unwrap() uses the
  /// stored cost.
  PassphraseSeal(SecretText passphrase, RandomSource& random, PasswordCost cost = kPassphraseCost);

  [[nodiscard]] SealKind kind() const override { return SealKind::passphrase; }
  /// Blocks for one derivation. key_unavailable if there is no memory for it; internal if unwrap()
  /// would refuse the cost of this seal.
  [[nodiscard]] Result<Bytes> wrap(const SecretBytes& key) override;
  /// Blocks for one derivation. key_unavailable if there is no memory for it; record_corrupt for
  /// another passphrase. It also returns record_corrupt, without a derivation, for another length,
  /// another format or a cost outside 1-16 passes and 8 MiB - 1 GiB: a changed store must not be
  /// able to take all memory.
  [[nodiscard]] Result<SecretBytes> unwrap(ByteView wrapped) override;

 private:
  [[nodiscard]] Result<SecretBytes> root(ByteView head, PasswordCost cost) const;

  const SecretText passphrase_;
  const PasswordCost cost_;
  RandomSource& random_;
};

}  // namespace cardvault
