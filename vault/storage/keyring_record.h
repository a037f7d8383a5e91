#pragma once

#include "crypto/keys/life/keyring_store.h"
#include "vault/storage/wallet_store.h"

namespace cardvault {

/// The sealed keyring as a record of the vault's store. The store must outlive this object.
class KeyringRecord final : public KeyringStore {
 public:
  explicit KeyringRecord(WalletStore& store) : store_(store) {}

  [[nodiscard]] Result<std::optional<Stored>> load() override;
  [[nodiscard]] Result<bool> save(std::uint64_t expected_version,
                                  const SealedRecord& record) override;

 private:
  WalletStore& store_;
};

}  // namespace cardvault
