#pragma once

#include <cstdint>
#include <optional>

#include "base/result.h"
#include "crypto/keys/record_seal.h"

namespace cardvault {

/// Where the sealed keyring is kept, for its keeper. Called from any thread.
class KeyringStore {
 public:
  struct Stored {
    std::uint64_t version = 0;  ///< from 1; each save raises it
    SealedRecord record;
  };

  virtual ~KeyringStore() = default;

  /// nullopt when there is none. store_unavailable.
  [[nodiscard]] virtual Result<std::optional<Stored>> load() = 0;
  /// False, and nothing changed, unless the stored one has `expected_version` (0: there is none).
  /// store_unavailable, after which it may have been saved.
  [[nodiscard]] virtual Result<bool> save(std::uint64_t expected_version,
                                          const SealedRecord& record) = 0;
};

}  // namespace cardvault
