#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/secret.h"

namespace cardvault {

/// Who holds the root key. The numbers are stored.
enum class SealKind : std::uint8_t {
  key_file = 1,    ///< a file beside the data: for development
  passphrase = 2,  ///< derived from what somebody types
  shamir = 3,      ///< in shares, each with a custodian
  pkcs11 = 4,      ///< in a token that does not give it out
  transit = 5,     ///< with a key management service
};

/// "keyfile", "passphrase", "shamir", "pkcs11" or "transit".
[[nodiscard]] std::string_view seal_name(SealKind kind);

/// The root key, behind whoever holds it: it wraps one key of kAeadKeySize bytes, the one that the
/// keyring is sealed under (see crypto/keys/sealed_keyring.h), so that no seal ever has to take in
/// the keyring. What wrap() returns may be kept anywhere and says all that unwrap() needs beside
/// the root key. Safe from any thread.
class Seal {
 public:
  virtual ~Seal() = default;

  [[nodiscard]] virtual SealKind kind() const = 0;
  /// At most kLongestWrappedKey bytes, never empty. key_unavailable when the root key cannot be
  /// reached now.
  [[nodiscard]] virtual Result<Bytes> wrap(const SecretBytes& key) = 0;
  /// key_unavailable as above; record_corrupt when the bytes were not made by this root key or
  /// have been changed.
  [[nodiscard]] virtual Result<SecretBytes> unwrap(ByteView wrapped) = 0;
};

inline constexpr std::size_t kLongestWrappedKey = 4096;

}  // namespace cardvault
