#pragma once

#include <vector>

#include "crypto/keyed_hash.h"
#include "crypto/keys/keyring.h"

namespace cardvault {

/// A keyed hash and the key that made it. Key 0 stands for the first key of its purpose in the
/// keyring: older versions had only that key and did not note it.
struct KeyedDigest {
  Digest value{};
  KeyId key = 0;

  bool operator==(const KeyedDigest&) const = default;
};

/// The digests of one thing under every enabled key. So a search finds the thing under the key that
/// it was stored with.
class KeyedDigests {
 public:
  /// There must be at least one digest. The digest of the current key comes first.
  explicit KeyedDigests(std::vector<KeyedDigest> current_first);

  /// The digest that is written.
  [[nodiscard]] const KeyedDigest& current() const { return digests_.front(); }
  [[nodiscard]] bool has(const Digest& value) const;
  [[nodiscard]] const std::vector<KeyedDigest>& all() const { return digests_; }
  /// Index values that a new entry must own: those of the current key and of keys not promoted yet,
  /// because another process may have promoted them already.
  [[nodiscard]] std::vector<KeyedDigest> to_reserve() const;
  /// All other digests. No new entry is stored under these.
  [[nodiscard]] std::vector<KeyedDigest> retired() const;
  /// The order for searches. Rewrapping moves an entry from an older key to a newer one. A search
  /// that begins with the older key does not miss it.
  [[nodiscard]] std::vector<KeyedDigest> oldest_first() const;

 private:
  std::vector<KeyedDigest> digests_;
};

}  // namespace cardvault
