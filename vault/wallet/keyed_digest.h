#pragma once

#include <vector>

#include "crypto/keyed_hash.h"
#include "crypto/keys/keyring.h"

namespace cardvault {

/// A keyed hash and the key it was made with. Key 0 is the first key of its purpose in the keyring:
/// older versions had only that one and did not note it.
struct KeyedDigest {
  Digest value{};
  KeyId key = 0;

  bool operator==(const KeyedDigest&) const = default;
};

/// What one thing is known as: its digest under every key that is enabled, so that it is found
/// under whichever it was kept.
class KeyedDigests {
 public:
  /// At least one, that of the current key first.
  explicit KeyedDigests(std::vector<KeyedDigest> current_first);

  /// What is written.
  [[nodiscard]] const KeyedDigest& current() const { return digests_.front(); }
  [[nodiscard]] bool has(const Digest& value) const;
  [[nodiscard]] const std::vector<KeyedDigest>& all() const { return digests_; }
  /// What has to be taken so that nobody else makes the same thing: also that of a key that waits,
  /// because in another process it may be the current one by now.
  [[nodiscard]] std::vector<KeyedDigest> to_reserve() const;
  /// What the rest is: nothing new is found under these.
  [[nodiscard]] std::vector<KeyedDigest> retired() const;
  /// The order to look in: what is sealed anew meanwhile moves from an older key to a newer one, so
  /// who looks under the older one first does not miss it.
  [[nodiscard]] std::vector<KeyedDigest> oldest_first() const;

 private:
  std::vector<KeyedDigest> digests_;
};

}  // namespace cardvault
