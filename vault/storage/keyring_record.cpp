#include "vault/storage/keyring_record.h"

namespace cardvault {

Result<std::optional<KeyringStore::Stored>> KeyringRecord::load() {
  TRY_VALUE(auto stored, store_.load_vault_record(VaultRecord::keyring));
  if (!stored) return std::nullopt;
  return Stored{stored->version, std::move(stored->record)};
}

Result<bool> KeyringRecord::save(std::uint64_t expected_version, const SealedRecord& record) {
  TRY_VALUE(const auto saved,
            store_.save_vault_record(VaultRecord::keyring, expected_version, record));
  return saved == CommitOutcome::committed;
}

}  // namespace cardvault
