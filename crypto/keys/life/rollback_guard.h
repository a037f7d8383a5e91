#pragma once

#include <filesystem>

#include "base/result.h"
#include "crypto/keys/sealed_keyring.h"

namespace cardvault {

/// Remembers the age of the newest keyring that this data directory has seen, in a file apart from
/// the store. If somebody restores an older store, destroyed keys or an earlier seal would come
/// back; the guard notices that. It does not help against an attacker who can write both the store
/// and the directory.
///
///   keyring.mark = generation and sealing in decimal digits, a space between them, and a line end
class RollbackGuard {
 public:
  explicit RollbackGuard(std::filesystem::path file) : file_(std::move(file)) {}

  /// keyring_rolled_back if either number was higher before; key_unavailable if the file cannot be
  /// read or is damaged. Without the file every age passes.
  [[nodiscard]] Status check(const KeyringAge& age) const;
  /// Remembers the higher of each number, durably. store_unavailable; key_unavailable as check().
  [[nodiscard]] Status advance(const KeyringAge& age) const;
  /// Removes the file, for a new vault: the numbers were another vault's. store_unavailable.
  [[nodiscard]] Status forget() const;

 private:
  [[nodiscard]] Result<KeyringAge> seen() const;

  std::filesystem::path file_;
};

}  // namespace cardvault
