#pragma once

#include <memory>
#include <string>

#include "base/random.h"
#include "crypto/keys/seal.h"

namespace cardvault {

/// Where a root key is that a hardware security module keeps, in the words of PKCS #11.
struct Pkcs11Place {
  std::string module;       ///< absolute path of the vendor's shared library
  std::string token_label;  ///< 1 to 32 bytes
  std::string key_label;    ///< 1 to 255 bytes
};

/// A root key that never leaves a PKCS #11 token (OASIS PKCS #11 v2.40): a sensitive AES-256 key
/// that cannot be extracted. What is wrapped goes into the token and comes out as
///
///   wrapped = format (1) | nonce (12) | ciphertext (32) | tag (16)
///
/// by AES-256-GCM (CKM_AES_GCM), bound to a label of this format and to what stands before the
/// ciphertext. The nonce is drawn at random: up to 2^32 keys may be wrapped by one root key (NIST
/// SP 800-38D, 8.3), and a vault wraps one when its keyring's key changes.
///
/// One session, used by one thread at a time. When the token fails, the module is started again,
/// a new session opened and the call made once more; a token that is back is found by the next
/// call. The module should serve nothing else in this process: starting it again ends all of its
/// sessions. A call blocks for as long as the module does.
///
/// A PIN of 4 to 255 bytes is kept, for new sessions. Once a token has refused it, it is not shown
/// again: tokens count, and lock.
class Pkcs11Seal final : public Seal {
 public:
  /// Makes a key of the label in the token: sensitive, not extractable, to encrypt and decrypt
  /// with. key_unavailable, `detail` saying which, when the module, the token or the PIN does not
  /// work and when the label is taken.
  [[nodiscard]] static Status create_key(const Pkcs11Place& place, const SecretText& pin);

  /// key_unavailable, `detail` saying which, when the module, the token, the PIN or the key does
  /// not work, when there are several such tokens or keys, and when the key could leave the token.
  [[nodiscard]] static Result<std::unique_ptr<Pkcs11Seal>> open(Pkcs11Place place, SecretText pin,
                                                                RandomSource& random);

  ~Pkcs11Seal() override;

  [[nodiscard]] SealKind kind() const override { return SealKind::pkcs11; }
  [[nodiscard]] Result<Bytes> wrap(const SecretBytes& key) override;
  [[nodiscard]] Result<SecretBytes> unwrap(ByteView wrapped) override;

 private:
  struct Connection;

  Pkcs11Seal(Pkcs11Place place, SecretText pin, RandomSource& random,
             std::unique_ptr<Connection> connection);

  [[nodiscard]] Status connect();
  [[nodiscard]] Status reconnect();
  template <class Operation>
  [[nodiscard]] auto on_token(Operation operation) -> decltype(operation());
  [[nodiscard]] Result<Bytes> wrap_once(const SecretBytes& key);
  [[nodiscard]] Result<SecretBytes> unwrap_once(ByteView wrapped);
  [[nodiscard]] bool still_opens_its_own();

  const Pkcs11Place place_;
  const SecretText pin_;
  RandomSource& random_;
  const std::unique_ptr<Connection> connection_;
};

}  // namespace cardvault
