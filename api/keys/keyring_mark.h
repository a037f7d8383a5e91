#pragma once

#include <cstdint>
#include <filesystem>

#include "base/result.h"

namespace cardvault::api {

/// The newest generation of the keyring that this data directory has seen, in a file of its own
/// apart from the store: a store that is put back to an older state does not bring destroyed keys
/// back unnoticed. Whoever can write both the store and the directory can put back both.
///
///   keyring.mark = the generation in decimal digits, and a line end
class KeyringMark {
 public:
  explicit KeyringMark(std::filesystem::path file) : file_(std::move(file)) {}

  /// keyring_rolled_back when a newer generation was seen; key_unavailable when the file cannot be
  /// read or is not one of these. Without the file everything is new enough.
  [[nodiscard]] Status check(std::uint64_t generation) const;
  /// Remembers it, durably, unless a newer one is there. store_unavailable.
  [[nodiscard]] Status advance(std::uint64_t generation) const;
  /// For a new vault: what was seen was another's. store_unavailable.
  [[nodiscard]] Status forget() const;

 private:
  [[nodiscard]] Result<std::uint64_t> seen() const;

  std::filesystem::path file_;
};

}  // namespace cardvault::api
