#pragma once

#include <atomic>
#include <functional>
#include <utility>
#include <vector>

#include "vault/storage/wallet_store.h"

namespace cardvault::test {

/// A store that counts operations and lets a test change them: calls can fail, lose races or return
/// other data than was stored. Set the hooks before threads start.
class HookedStore final : public WalletStore {
 public:
  explicit HookedStore(WalletStore& inner) : inner_(inner) {}

  /// Called before a commit with its number, from 1. If it returns a result, the commit is not
  /// made.
  using BeforeCommit = std::function<std::optional<Result<CommitOutcome>>(const Commit&, int)>;
  BeforeCommit before_commit;
  std::function<void(std::vector<AuditRow>&)> on_read_audit;
  std::function<void(StoredWallet&)> on_load;
  /// Called before a record of the vault itself is saved.
  std::function<void()> before_save;
  std::function<void()> after_record_load;
  bool loads_fail = false;
  bool finds_fail = false;
  bool record_loads_fail = false;
  bool saves_seem_to_fail = false;  ///< saves are made, but return an error

  std::atomic<int> loads{0};
  std::atomic<int> commits{0};
  std::atomic<int> pan_loads{0};
  std::atomic<int> finds{0};
  std::atomic<std::size_t> audit_rows{0};  ///< read while on_read_audit was not set
  std::atomic<int> record_loads{0};        ///< of the vault itself

  [[nodiscard]] int calls() const { return loads + commits + pan_loads + finds; }

  void reset() {
    before_commit = nullptr;
    on_read_audit = nullptr;
    on_load = nullptr;
    before_save = nullptr;
    after_record_load = nullptr;
    loads_fail = finds_fail = record_loads_fail = saves_seem_to_fail = false;
    loads = commits = pan_loads = finds = record_loads = 0;
    audit_rows = 0;
  }

  static std::unexpected<Error> unavailable() {
    return fail(ErrorCode::store_unavailable, "The store is not available now. Try again.");
  }

  Result<std::optional<StoredWallet>> load(const WalletId& wallet) override {
    ++loads;
    if (loads_fail) return unavailable();
    auto stored = inner_.load(wallet);
    if (on_load && stored && *stored) on_load(**stored);
    return stored;
  }
  Result<std::optional<WalletSnapshot>> load_snapshot(const WalletId& wallet,
                                                      const SnapshotParts& parts) override {
    ++loads;
    if (loads_fail) return unavailable();
    auto snapshot = inner_.load_snapshot(wallet, parts);
    if (!snapshot || !*snapshot) return snapshot;
    if (on_read_audit) {
      auto rows = read_audit(wallet, parts.audit_after, parts.audit_limit);
      if (!rows) return fail(std::move(rows.error()));
      (*snapshot)->audit = std::move(*rows);
    }
    if (on_load) on_load((*snapshot)->wallet);
    return snapshot;
  }
  Result<CommitOutcome> commit(const Commit& change) override {
    const int number = ++commits;
    if (before_commit) {
      if (auto answer = before_commit(change, number)) return std::move(*answer);
    }
    return inner_.commit(change);
  }
  /// Makes each commit separately with commit().
  Result<std::vector<CommitOutcome>> commit_all(std::span<const Commit> changes) override {
    std::vector<CommitOutcome> outcomes;
    for (const Commit& change : changes) {
      auto outcome = commit(change);
      if (!outcome) return fail(std::move(outcome.error()));
      outcomes.push_back(*outcome);
    }
    return outcomes;
  }
  Result<ArchivePage<WalletId>> list_wallets(const std::string& cursor,
                                             std::size_t limit) override {
    return inner_.list_wallets(cursor, limit);
  }
  Result<std::optional<SealedRecord>> load_pan(const WalletId& wallet,
                                               const CardId& card) override {
    ++pan_loads;
    return inner_.load_pan(wallet, card);
  }
  Result<std::vector<WalletId>> find(const IndexKey& key) override {
    ++finds;
    if (finds_fail) return unavailable();
    return inner_.find(key);
  }
  Result<bool> leads_to(const IndexKey& key, const WalletId& wallet) override {
    ++finds;
    if (finds_fail) return unavailable();
    return inner_.leads_to(key, wallet);
  }
  Result<std::vector<AuditRow>> read_audit(const WalletId& wallet, std::uint64_t after,
                                           std::size_t limit) override {
    if (!on_read_audit) {
      auto read = inner_.read_audit(wallet, after, limit);
      audit_rows += read ? read->size() : 0;
      return read;
    }
    auto rows = inner_.read_audit(wallet, 0, 1'000'000);
    if (!rows) return rows;
    on_read_audit(*rows);
    std::erase_if(*rows, [&](const AuditRow& row) { return row.seq <= after; });
    if (rows->size() > limit) rows->resize(limit);
    return rows;
  }
  Result<std::vector<WalletId>> claim_due(Time now, Seconds lease, std::size_t limit) override {
    return inner_.claim_due(now, lease, limit);
  }
  Result<std::vector<WalletId>> list_due(const WalletId& after, std::size_t limit) override {
    return inner_.list_due(after, limit);
  }
  Result<std::optional<StoredWallet>> load_vault_record(VaultRecord which) override {
    ++record_loads;
    if (record_loads_fail) return unavailable();
    auto record = inner_.load_vault_record(which);
    if (after_record_load) after_record_load();
    return record;
  }
  Result<CommitOutcome> save_vault_record(VaultRecord which, std::uint64_t expected_version,
                                          const SealedRecord& record) override {
    if (before_save) before_save();
    auto outcome = inner_.save_vault_record(which, expected_version, record);
    if (saves_seem_to_fail) return unavailable();
    return outcome;
  }
  Status compact() override { return inner_.compact(); }
  Status health() override { return inner_.health(); }

 private:
  WalletStore& inner_;
};

}  // namespace cardvault::test
