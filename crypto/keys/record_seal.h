#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/random.h"
#include "base/result.h"
#include "crypto/keys/live_keyring.h"

namespace cardvault {

/// What a record is and whose; bound into it as associated data, so that a record moved to another
/// place does not open.
struct RecordContext {
  std::string_view kind;   ///< "wallet", "pan_key", "audit" ...
  std::string_view owner;  ///< wallet id, or "" for records of the vault itself
  std::string_view field;  ///< card id, sequence number ..., or ""
};

/// Bytes that a store may keep. Only sealing makes one; from_storage() claims no more than that the
/// bytes came from a store.
///
///   format (1) = 1 | algorithm (1) = 1 | key id (4, big endian) |
///   nonce (24) | ciphertext | tag (16)
///
/// Associated data: format, kind, owner, field, key id, each with its 32-bit length in front.
class SealedRecord {
 public:
  SealedRecord() = default;
  [[nodiscard]] static SealedRecord from_storage(Bytes bytes) {
    return SealedRecord(std::move(bytes));
  }
  [[nodiscard]] ByteView bytes() const { return bytes_; }
  [[nodiscard]] bool empty() const { return bytes_.empty(); }
  bool operator==(const SealedRecord&) const = default;

 private:
  friend class RecordSealer;
  explicit SealedRecord(Bytes bytes) : bytes_(std::move(bytes)) {}

  Bytes bytes_;
};

/// Seals and opens records under a keyring. Safe to share between threads.
class RecordSealer {
 public:
  RecordSealer(const LiveKeyring& keyring, RandomSource& random)
      : keyring_(keyring), random_(random) {}

  /// The key that seal() would use now. The errors of LiveKeyring::current().
  [[nodiscard]] Result<KeyId> current_key(Purpose purpose) const;

  /// Under the purpose's current key. The errors of LiveKeyring::current().
  [[nodiscard]] Result<SealedRecord> seal(Purpose purpose, const RecordContext& context,
                                          ByteView plaintext) const;
  /// record_corrupt for short, foreign-format, moved, truncated or flipped bytes; the errors of
  /// LiveKeyring::find() when the key it names cannot be used.
  [[nodiscard]] Result<Bytes> open(Purpose purpose, const RecordContext& context,
                                   const SealedRecord& record) const;

  /// A record under a key of its own, `data_key`, which is wrapped under the purpose's current key
  /// and dropped: destroying the record destroys the only way to its contents.
  ///
  ///   length of wrapped key (2, big endian) | wrapped key, a record as above |
  ///   nonce | ciphertext | tag
  [[nodiscard]] Result<SealedRecord> seal_with_own_key(Purpose purpose,
                                                       const RecordContext& context,
                                                       ByteView plaintext) const;
  [[nodiscard]] Result<Bytes> open_with_own_key(Purpose purpose, const RecordContext& context,
                                                const SealedRecord& record) const;
  /// The same record with its data key wrapped under the current key; the contents stay closed.
  [[nodiscard]] Result<SealedRecord> rewrap_own_key(Purpose purpose, const RecordContext& context,
                                                    const SealedRecord& record) const;

 private:
  const LiveKeyring& keyring_;
  RandomSource& random_;
};

/// The key that a record says it is sealed under, or, for one with a key of its own, that the data
/// key is wrapped under. Not authenticated; 0 for bytes that are no such record.
[[nodiscard]] KeyId key_of(const SealedRecord& record);
[[nodiscard]] KeyId wrapping_key_of(const SealedRecord& record);

}  // namespace cardvault
