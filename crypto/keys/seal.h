#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/names.h"
#include "base/result.h"
#include "crypto/secret.h"

namespace cardvault {

/// Holder of the root key. The numbers are stored.
enum class SealKind : std::uint8_t {
  key_file = 1,    ///< in a file beside the data: for development
  passphrase = 2,  ///< derived from a typed passphrase
  shamir = 3,      ///< in shares, one for each custodian
  pkcs11 = 4,      ///< in a token that never reveals it
  transit = 5,     ///< in a key management service
};

inline constexpr auto kSealNames =
    names_from<SealKind::key_file>("keyfile", "passphrase", "shamir", "pkcs11", "transit");

[[nodiscard]] constexpr std::string_view seal_name(SealKind kind) {
  return name_of(kSealNames, kind);
}

/// Access to the root key, independent of its holder. It wraps one key of kAeadKeySize bytes: the
/// keyring key (see crypto/keys/sealed_keyring.h). So no seal ever has to take in the whole
/// keyring. The wrapped key may be kept anywhere; apart from the root key, it holds all that
/// unwrap() needs. Safe from any thread.
class Seal {
 public:
  virtual ~Seal() = default;

  [[nodiscard]] virtual SealKind kind() const = 0;
  /// Returns at most kLongestWrappedKey bytes, never none. key_unavailable if the root key cannot
  /// be reached now.
  [[nodiscard]] virtual Result<Bytes> wrap(const SecretBytes& key) = 0;
  /// key_unavailable as above; record_corrupt if another root key made the bytes, or if they were
  /// changed.
  [[nodiscard]] virtual Result<SecretBytes> unwrap(ByteView wrapped) = 0;
};

inline constexpr std::size_t kLongestWrappedKey = 4096;

}  // namespace cardvault
