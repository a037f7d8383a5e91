#pragma once

#include "api/metrics/metrics.h"
#include "vault/storage/wallet_store.h"

namespace cardvault::api {

/// Counts the operations of another store and changes nothing. `inner` and `metrics` must outlive
/// it.
class MeteredStore final : public WalletStore {
 public:
  MeteredStore(WalletStore& inner, Metrics& metrics) : inner_(inner), metrics_(metrics) {}

  Result<std::optional<StoredWallet>> load(const WalletId& wallet) override;
  Result<std::optional<WalletSnapshot>> load_snapshot(const WalletId& wallet,
                                                      const SnapshotParts& parts) override;
  Result<CommitOutcome> commit(const Commit& change) override;
  Result<std::vector<CommitOutcome>> commit_all(std::span<const Commit> changes) override;
  Result<ArchivePage<WalletId>> list_wallets(const std::string& cursor, std::size_t limit) override;
  Result<std::optional<SealedRecord>> load_pan(const WalletId& wallet, const CardId& card) override;
  Result<std::vector<WalletId>> find(const IndexKey& key) override;
  Result<bool> leads_to(const IndexKey& key, const WalletId& wallet) override;
  Result<std::vector<AuditRow>> read_audit(const WalletId& wallet, std::uint64_t after,
                                           std::size_t limit) override;
  Result<std::vector<WalletId>> claim_due(Time now, Seconds lease, std::size_t limit) override;
  Result<std::vector<WalletId>> list_due(const WalletId& after, std::size_t limit) override;
  Result<std::optional<StoredWallet>> load_vault_record(VaultRecord which) override;
  Result<CommitOutcome> save_vault_record(VaultRecord which, std::uint64_t expected_version,
                                          const SealedRecord& record) override;
  Status compact() override;
  Status health() override { return inner_.health(); }

 private:
  template <class Answer>
  Answer count(StoreOperation operation, Answer answer);

  WalletStore& inner_;
  Metrics& metrics_;
};

}  // namespace cardvault::api
