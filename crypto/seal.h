#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/secret.h"

namespace cardvault {

/// Who holds the root key. The keyring is stored only in the form that protect() returns, so the
/// storage never sees a key. Safe from any thread.
class Seal {
 public:
  virtual ~Seal() = default;

  /// key_unavailable when the root key cannot be reached.
  [[nodiscard]] virtual Result<Bytes> protect(const SecretBytes& keyring) = 0;
  /// key_unavailable as above; record_corrupt when the bytes were not made by this root key or
  /// have been changed.
  [[nodiscard]] virtual Result<SecretBytes> unprotect(ByteView protected_keyring) = 0;
};

}  // namespace cardvault
