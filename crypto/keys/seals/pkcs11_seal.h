#pragma once

#include <memory>
#include <string>

#include "base/random.h"
#include "crypto/keys/seal.h"

namespace cardvault {

/// Place of a root key in a hardware security module, in the terms of PKCS #11.
struct Pkcs11Place {
  std::string module;       ///< absolute path of the vendor's shared library
  std::string token_label;  ///< 1 to 32 bytes
  std::string key_label;    ///< 1 to 255 bytes
};

/// A root key that never leaves a PKCS #11 token (OASIS PKCS #11 v2.40): a sensitive AES-256 key
/// that cannot be extracted. The key to wrap goes into the token and comes out as
///
///   wrapped = format (1) | nonce (12) | ciphertext (32) | tag (16)
///
/// by AES-256-GCM (CKM_AES_GCM). The associated data is a label of this format and the bytes before
/// the ciphertext. The nonce is random, so one root key may wrap up to 2^32 keys (NIST SP 800-38D,
/// 8.3). A vault wraps a key only when its keyring key changes.
///
/// The seal has one session, and one thread at a time uses it. If the token fails, the seal
/// restarts the module, opens a new session and makes the call once more. So the next call finds a
/// token that has come back. Nothing else in this process should use the module: a restart ends all
/// of its sessions. A call blocks as long as the module does.
///
/// The seal keeps the PIN (4 to 255 bytes) for new sessions. Once a token has refused the PIN, the
/// seal never shows it again, because tokens count refused PINs and lock.
class Pkcs11Seal final : public Seal {
 public:
  /// Makes a key with this label in the token: sensitive, not extractable, for encryption and
  /// decryption. key_unavailable if the module, the token or the PIN does not work, or if the label
  /// is taken; `detail` says which.
  [[nodiscard]] static Status create_key(const Pkcs11Place& place, const SecretText& pin);

  /// key_unavailable if the module, the token, the PIN or the key does not work, if several tokens
  /// or keys have the label, or if the key could leave the token; `detail` says which.
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
