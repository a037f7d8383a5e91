#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "crypto/keys/seals/pkcs11_session.h"

namespace cardvault {

/// The root key as an object of a token: an AES-256 key (OASIS PKCS #11 v2.40, 2.9) that encrypts
/// and decrypts and can never be read. `session` is logged in.

/// Makes one of this label. key_unavailable when the label is taken, by whatever secret key, or the
/// token makes none.
[[nodiscard]] Status generate_root_key(Pkcs11Session& session, const std::string& label);

/// The only secret key of this label, for as long as the session lives. key_unavailable when there
/// is none, when there are several, and when it is not AES-256, not private, or could be read.
[[nodiscard]] Result<CK_OBJECT_HANDLE> find_root_key(Pkcs11Session& session,
                                                     const std::string& label);

inline constexpr std::size_t kGcmNonceSize = 12;
inline constexpr std::size_t kGcmTagSize = 16;

/// AES-256-GCM inside the token (CKM_AES_GCM; NIST SP 800-38D) with a tag of 128 bits. The nonce is
/// ours: a token that insists on making it itself cannot be used.
struct TokenGcm {
  Pkcs11Session& session;
  CK_OBJECT_HANDLE key;
  std::array<std::uint8_t, kGcmNonceSize> nonce{};
  Bytes associated{};

  /// Appends ciphertext and tag to `out`. What the token answered, CKR_OK when it is done.
  [[nodiscard]] CK_RV encrypt(const SecretBytes& plain, Bytes& out);
  /// As encrypt(), into `plain`. Tokens do not agree on the answer to bytes that are not authentic.
  [[nodiscard]] CK_RV decrypt(ByteView sealed, SecretBytes& plain);

 private:
  [[nodiscard]] CK_GCM_PARAMS parameters();
};

}  // namespace cardvault
