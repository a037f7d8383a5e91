#include "api/metrics/metered_store.h"

#include <type_traits>

namespace cardvault::api {

template <class Answer>
Answer MeteredStore::count(StoreOperation operation, Answer answer) {
  StoreOutcome outcome = answer ? StoreOutcome::done : StoreOutcome::failed;
  if constexpr (std::is_same_v<Answer, Result<CommitOutcome>>) {
    if (answer && *answer != CommitOutcome::committed) outcome = StoreOutcome::conflict;
  }
  metrics_.store_operation(operation, outcome);
  return answer;
}

Result<std::optional<StoredWallet>> MeteredStore::load(const WalletId& wallet) {
  return count(StoreOperation::load, inner_.load(wallet));
}

Result<std::optional<WalletSnapshot>> MeteredStore::load_snapshot(const WalletId& wallet,
                                                                  const SnapshotParts& parts) {
  return count(StoreOperation::check, inner_.load_snapshot(wallet, parts));
}

Result<CommitOutcome> MeteredStore::commit(const Commit& change) {
  return count(StoreOperation::commit, inner_.commit(change));
}

Result<std::vector<CommitOutcome>> MeteredStore::commit_all(std::span<const Commit> changes) {
  auto outcomes = inner_.commit_all(changes);
  for (std::size_t i = 0; i < changes.size(); ++i) {
    const auto outcome = outcomes ? Result<CommitOutcome>((*outcomes)[i]) : fail(outcomes.error());
    (void)count(StoreOperation::commit, outcome);
  }
  return outcomes;
}

Result<ArchivePage<WalletId>> MeteredStore::list_wallets(const std::string& cursor,
                                                         std::size_t limit) {
  return count(StoreOperation::other, inner_.list_wallets(cursor, limit));
}

Result<std::optional<SealedRecord>> MeteredStore::load_pan(const WalletId& wallet,
                                                           const CardId& card) {
  return count(StoreOperation::load_pan, inner_.load_pan(wallet, card));
}

Result<std::vector<WalletId>> MeteredStore::find(const IndexKey& key) {
  return count(StoreOperation::find, inner_.find(key));
}

Result<bool> MeteredStore::leads_to(const IndexKey& key, const WalletId& wallet) {
  return count(StoreOperation::check, inner_.leads_to(key, wallet));
}

Result<std::vector<AuditRow>> MeteredStore::read_audit(const WalletId& wallet, std::uint64_t after,
                                                       std::size_t limit) {
  return count(StoreOperation::read_audit, inner_.read_audit(wallet, after, limit));
}

Result<std::vector<WalletId>> MeteredStore::claim_due(Time now, Seconds lease, std::size_t limit) {
  return count(StoreOperation::due, inner_.claim_due(now, lease, limit));
}

Result<std::vector<WalletId>> MeteredStore::list_due(const WalletId& after, std::size_t limit) {
  return count(StoreOperation::due, inner_.list_due(after, limit));
}

Result<std::optional<StoredWallet>> MeteredStore::load_vault_record(VaultRecord which) {
  return count(StoreOperation::other, inner_.load_vault_record(which));
}

Result<CommitOutcome> MeteredStore::save_vault_record(VaultRecord which,
                                                      std::uint64_t expected_version,
                                                      const SealedRecord& record) {
  return count(StoreOperation::other, inner_.save_vault_record(which, expected_version, record));
}

Status MeteredStore::compact() {
  return count(StoreOperation::other, inner_.compact());
}

}  // namespace cardvault::api
