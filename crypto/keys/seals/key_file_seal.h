#pragma once

#include <filesystem>
#include <memory>

#include "base/random.h"
#include "crypto/keys/seal.h"

namespace cardvault {

/// A root key in a file: 32 random bytes as one line of base64url. Use it for development, and on
/// hosts whose file system is itself protected: a thief of both the file and the data has the
/// vault.
class KeyFileSeal final : public Seal {
 public:
  /// Creates the file with mode 0600 and syncs it. store_unavailable if the file exists or cannot
  /// be written.
  [[nodiscard]] static Status create(const std::filesystem::path& file, RandomSource& random);

  /// key_unavailable if the file is missing, is not a regular file, belongs to another user, gives
  /// group or others any permission, or does not hold a key.
  [[nodiscard]] static Result<std::unique_ptr<KeyFileSeal>> open(const std::filesystem::path& file,
                                                                 RandomSource& random);

  [[nodiscard]] SealKind kind() const override { return SealKind::key_file; }
  [[nodiscard]] Result<Bytes> wrap(const SecretBytes& key) override;
  [[nodiscard]] Result<SecretBytes> unwrap(ByteView wrapped) override;

 private:
  KeyFileSeal(SecretBytes root, RandomSource& random);

  SecretBytes root_;
  RandomSource& random_;
};

}  // namespace cardvault
