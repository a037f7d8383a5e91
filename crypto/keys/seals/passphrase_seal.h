#pragma once

#include <memory>

#include "base/random.h"
#include "crypto/keys/seal.h"
#include "crypto/password_hash.h"

namespace cardvault {

/// RFC 9106 section 4, the second recommended option (64 MiB, three passes), but on one lane, the
/// only number libsodium has. Two tenths of a second or so, at each start of the vault.
inline constexpr PasswordCost kPassphraseCost{.passes = 3, .memory_kib = 64 * 1024};
/// NIST SP 800-63B-3 section 5.1.1 asks for eight characters where tries can be counted. Whoever
/// has the store tries without being counted, so four more.
inline constexpr std::size_t kShortestPassphrase = 12;

/// A root key that is derived from what somebody types; it is in no store. Every wrapping draws a
/// salt of its own and says what its derivation costs, so that the cost can be raised later.
///
///   wrapped = format (1) | passes (4, big endian) | memory in KiB (4) | salt (16) | see root_key.h
///   root = Argon2id(opaque_string(passphrase), salt), 32 bytes
///
/// The format is 2; in one of format 1, which older versions made, the passphrase counts byte for
/// byte. Case and spaces matter, the spelling of accents and the width of letters do not. The
/// passphrase stays in memory as long as the seal.
class PassphraseSeal final : public Seal {
 public:
  /// A seal for something new. weak_credential with reason too_short when the passphrase has fewer
  /// than kShortestPassphrase code points; invalid_request when opaque_string() refuses it.
  [[nodiscard]] static Result<std::unique_ptr<PassphraseSeal>> create(
      SecretText passphrase, RandomSource& random, PasswordCost cost = kPassphraseCost);

  /// A seal for something that was wrapped before, by whatever passphrase. `cost` is that of
  /// wrap(); unwrap() takes the cost that is stored.
  PassphraseSeal(SecretText passphrase, RandomSource& random, PasswordCost cost = kPassphraseCost);

  [[nodiscard]] SealKind kind() const override { return SealKind::passphrase; }
  /// Blocks for one derivation. key_unavailable when there is no memory for it; internal when the
  /// cost of this seal is one that unwrap() would refuse.
  [[nodiscard]] Result<Bytes> wrap(const SecretBytes& key) override;
  /// Blocks for one derivation. key_unavailable when there is no memory for it; record_corrupt for
  /// another passphrase, and without any derivation for another length, another format or a cost
  /// outside 1-16 passes and 8 MiB - 1 GiB: storage must not be able to take all memory.
  [[nodiscard]] Result<SecretBytes> unwrap(ByteView wrapped) override;

 private:
  [[nodiscard]] Result<SecretBytes> root(ByteView head, PasswordCost cost) const;

  const SecretText passphrase_;
  const PasswordCost cost_;
  RandomSource& random_;
};

}  // namespace cardvault
