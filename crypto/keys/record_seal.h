#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/random.h"
#include "base/result.h"
#include "crypto/keys/live_keyring.h"

namespace cardvault {

/// Kind, owner and field of a record. They are bound into it as associated data, so a record that
/// was moved to another place does not open.
struct RecordContext {
  std::string_view kind;   ///< "wallet", "pan_key", "audit" ...
  std::string_view owner;  ///< wallet id, or "" for records of the vault itself
  std::string_view field;  ///< card id, sequence number ..., or ""
};

/// Bytes that a store may keep. RecordSealer makes them. The only other way is from_storage(): it
/// is for bytes that were sealed already, and it checks nothing.
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

/// Seals and opens records under a keyring. Threads may share it.
class RecordSealer {
 public:
  RecordSealer(const LiveKeyring& keyring, RandomSource& random)
      : keyring_(keyring), random_(random) {}

  /// The key that seal() would use now. The errors of LiveKeyring::current().
  [[nodiscard]] Result<KeyId> current_key(Purpose purpose) const;

  /// Seals under the purpose's current key. The errors of LiveKeyring::current().
  [[nodiscard]] Result<SealedRecord> seal(Purpose purpose, const RecordContext& context,
                                          ByteView plaintext) const;
  /// record_corrupt for bytes that are too short, of another format, moved, truncated or changed.
  /// If the record's key cannot be used: the errors of LiveKeyring::find().
  [[nodiscard]] Result<Bytes> open(Purpose purpose, const RecordContext& context,
                                   const SealedRecord& record) const;

  /// Seals under a fresh data key. The purpose's current key wraps the data key, which is then
  /// dropped. If the record is destroyed, nothing can open its contents any more.
  ///
  ///   length of wrapped key (2, big endian) | wrapped key, a record as above |
  ///   nonce | ciphertext | tag
  [[nodiscard]] Result<SealedRecord> seal_with_own_key(Purpose purpose,
                                                       const RecordContext& context,
                                                       ByteView plaintext) const;
  [[nodiscard]] Result<Bytes> open_with_own_key(Purpose purpose, const RecordContext& context,
                                                const SealedRecord& record) const;
  /// The same record with its data key wrapped under the current key. The contents are not opened.
  [[nodiscard]] Result<SealedRecord> rewrap_own_key(Purpose purpose, const RecordContext& context,
                                                    const SealedRecord& record) const;

 private:
  const LiveKeyring& keyring_;
  RandomSource& random_;
};

/// Id of the key that sealed the record; for wrapping_key_of(), of the key that wrapped the
/// record's data key. The id is not authenticated. 0 if the bytes are too short; nothing else is
/// checked.
[[nodiscard]] KeyId key_of(const SealedRecord& record);
[[nodiscard]] KeyId wrapping_key_of(const SealedRecord& record);

}  // namespace cardvault
