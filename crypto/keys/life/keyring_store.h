#pragma once

#include <cstdint>
#include <optional>

#include "base/result.h"
#include "crypto/keys/record_seal.h"

namespace cardvault {

/// Keeps the sealed keyring for a KeyringKeeper. Called from any thread.
class KeyringStore {
 public:
  struct Stored {
    std::uint64_t version = 0;  ///< from 1; each save raises it
    SealedRecord record;
  };

  virtual ~KeyringStore() = default;

  /// nullopt if no keyring is stored. Error: store_unavailable.
  [[nodiscard]] virtual Result<std::optional<Stored>> load() = 0;
  /// Returns false and changes nothing if the stored version is not `expected_version` (0: none).
  /// Error: store_unavailable; the keyring may have been saved nevertheless.
  [[nodiscard]] virtual Result<bool> save(std::uint64_t expected_version,
                                          const SealedRecord& record) = 0;
};

}  // namespace cardvault
