#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "crypto/keys/seals/pkcs11_session.h"

namespace cardvault {

/// The root key as an object in a token: an AES-256 key (OASIS PKCS #11 v2.40, 2.9) that encrypts
/// and decrypts and can never be read. `session` must be logged in.

/// Makes a key with this label. key_unavailable if any secret key has the label already, or if the
/// token does not make the key.
[[nodiscard]] Status generate_root_key(Pkcs11Session& session, const std::string& label);

/// Finds the only secret key with this label. The handle is valid as long as the session.
/// key_unavailable if no key or several keys have the label, or if the key is not AES-256, not
/// private, or readable.
[[nodiscard]] Result<CK_OBJECT_HANDLE> find_root_key(Pkcs11Session& session,
                                                     const std::string& label);

inline constexpr std::size_t kGcmNonceSize = 12;
inline constexpr std::size_t kGcmTagSize = 16;

/// AES-256-GCM inside the token (CKM_AES_GCM; NIST SP 800-38D) with a tag of 128 bits. This side
/// chooses the nonce, so a token that insists on its own nonce cannot be used.
struct TokenGcm {
  Pkcs11Session& session;
  CK_OBJECT_HANDLE key;
  std::array<std::uint8_t, kGcmNonceSize> nonce{};
  Bytes associated{};

  /// Appends ciphertext and tag to `out`. Returns the token's answer; CKR_OK means success.
  [[nodiscard]] CK_RV encrypt(const SecretBytes& plain, Bytes& out);
  /// Like encrypt(), but into `plain`. Tokens give different answers to bytes that are not
  /// authentic.
  [[nodiscard]] CK_RV decrypt(ByteView sealed, SecretBytes& plain);

 private:
  [[nodiscard]] CK_GCM_PARAMS parameters();
};

}  // namespace cardvault
