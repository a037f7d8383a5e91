#pragma once

#include <filesystem>

#include "base/result.h"
#include "crypto/keys/sealed_keyring.h"

namespace cardvault {

/// How new the newest keyring is that this data directory has seen, in a file of its own apart from
/// the store: a store that is put back to an older state does not bring destroyed keys, or an
/// earlier seal, back unnoticed. Whoever can write both the store and the directory can put back
/// both.
///
///   keyring.mark = generation and sealing in decimal digits, a space between them, and a line end
class RollbackGuard {
 public:
  explicit RollbackGuard(std::filesystem::path file) : file_(std::move(file)) {}

  /// keyring_rolled_back when either number was higher before; key_unavailable when the file cannot
  /// be read or is not one of these. Without the file everything is new enough.
  [[nodiscard]] Status check(const KeyringAge& age) const;
  /// Remembers the higher of each number, durably. store_unavailable.
  [[nodiscard]] Status advance(const KeyringAge& age) const;
  /// For a new vault: what was seen was another's. store_unavailable.
  [[nodiscard]] Status forget() const;

 private:
  [[nodiscard]] Result<KeyringAge> seen() const;

  std::filesystem::path file_;
};

}  // namespace cardvault
