#include "tests/support/memory_store.h"

#include <algorithm>
#include <map>
#include <utility>

#include "tests/support/memory_contents.h"
#include "vault/storage/audit_misfit.h"

namespace cardvault {
namespace {

class MemoryStore final : public WalletStore {
 public:
  explicit MemoryStore(std::shared_ptr<MemoryContents> contents) : contents_(std::move(contents)) {}

  Result<std::optional<StoredWallet>> load(const WalletId& wallet) override {
    const std::lock_guard lock(contents_->mutex);
    const auto found = contents_->wallets.find(wallet);
    if (found == contents_->wallets.end()) return std::nullopt;
    return found->second.wallet;
  }

  Result<std::optional<WalletSnapshot>> load_snapshot(const WalletId& wallet,
                                                      const SnapshotParts& parts) override {
    const std::lock_guard lock(contents_->mutex);
    const auto found = contents_->wallets.find(wallet);
    if (found == contents_->wallets.end()) return std::nullopt;
    WalletSnapshot snapshot{.wallet = found->second.wallet, .pans = {}, .audit = {}};
    if (parts.pans) snapshot.pans.assign(found->second.pans.begin(), found->second.pans.end());
    const auto& audit = found->second.audit;
    const std::size_t limit = std::min(parts.audit_limit, kMostRowsInSnapshot);
    for (auto row = audit.upper_bound(parts.audit_after); row != audit.end(); ++row) {
      if (snapshot.audit.size() == limit) break;
      snapshot.audit.push_back(row->second);
    }
    return snapshot;
  }

  Result<CommitOutcome> commit(const Commit& change) override {
    const std::lock_guard lock(contents_->mutex);
    const auto found = contents_->wallets.find(change.wallet);
    MemoryContents::Wallet entry =
        found == contents_->wallets.end() ? MemoryContents::Wallet{} : found->second;
    if (entry.wallet.version != change.expected_version) return CommitOutcome::conflict;
    if (!fits(entry.audit, change)) {
      return audit_misfit(change.wallet);
    }
    if (takes_from_another(change)) return CommitOutcome::index_taken;

    entry.wallet = {.version = change.expected_version + 1, .record = change.record};
    for (const auto& card : change.delete_pans) entry.pans.erase(card);
    for (const auto& [card, record] : change.put_pans) entry.pans.insert_or_assign(card, record);
    if (change.replace_damaged_audit) entry.audit.clear();
    for (const auto& row : change.audit) entry.audit.insert_or_assign(row.seq, row);
    entry.due.reset();
    if (change.due) entry.due = MemoryContents::Due{.at = *change.due, .held_until = {}};

    for (const auto& key : change.remove_index) contents_->index.erase(row_of(key, change.wallet));
    for (const auto& key : change.add_index) contents_->index.insert(row_of(key, change.wallet));
    contents_->wallets.insert_or_assign(change.wallet, std::move(entry));
    return CommitOutcome::committed;
  }

  Result<std::vector<CommitOutcome>> commit_all(std::span<const Commit> changes) override {
    if (changes.size() > kMostCommitsAtOnce) {
      return fail(ErrorCode::internal, "The store refused the changes.");
    }
    std::vector<CommitOutcome> outcomes;
    for (const Commit& change : changes) {
      const auto outcome = commit(change);
      if (!outcome) return fail(outcome.error());
      outcomes.push_back(*outcome);
    }
    return outcomes;
  }

  Result<ArchivePage<WalletId>> list_wallets(const std::string& cursor,
                                             std::size_t limit) override {
    const std::lock_guard lock(contents_->mutex);
    return contents_->list_wallets(cursor, limit);
  }

  Result<std::optional<SealedRecord>> load_pan(const WalletId& wallet,
                                               const CardId& card) override {
    const std::lock_guard lock(contents_->mutex);
    const auto found = contents_->wallets.find(wallet);
    if (found == contents_->wallets.end()) return std::nullopt;
    const auto pan = found->second.pans.find(card);
    if (pan == found->second.pans.end()) return std::nullopt;
    return pan->second;
  }

  Result<std::vector<WalletId>> find(const IndexKey& key) override {
    const std::lock_guard lock(contents_->mutex);
    return contents_->holders(key);
  }

  Result<bool> leads_to(const IndexKey& key, const WalletId& wallet) override {
    const std::lock_guard lock(contents_->mutex);
    return contents_->index.contains(row_of(key, wallet));
  }

  Result<std::vector<AuditRow>> read_audit(const WalletId& wallet, std::uint64_t after,
                                           std::size_t limit) override {
    const std::lock_guard lock(contents_->mutex);
    std::vector<AuditRow> rows;
    const auto found = contents_->wallets.find(wallet);
    if (found == contents_->wallets.end()) return rows;
    const auto& audit = found->second.audit;
    for (auto row = audit.upper_bound(after); row != audit.end() && rows.size() < limit; ++row) {
      rows.push_back(row->second);
    }
    return rows;
  }

  Result<std::vector<WalletId>> claim_due(Time now, Seconds lease, std::size_t limit) override {
    const std::lock_guard lock(contents_->mutex);
    std::vector<std::pair<Time, WalletId>> free;
    for (const auto& [id, entry] : contents_->wallets) {
      if (!entry.due || entry.due->at > now) continue;
      const auto held = entry.due->held_until;
      if (held && *held > now && *held <= now + 2 * lease) continue;
      free.emplace_back(entry.due->at, id);
    }
    std::sort(free.begin(), free.end());
    if (free.size() > limit) free.resize(limit);
    std::vector<WalletId> claimed;
    for (const auto& [at, id] : free) {
      contents_->wallets.at(id).due->held_until = now + lease;
      claimed.push_back(id);
    }
    return claimed;
  }

  Result<std::vector<WalletId>> list_due(const WalletId& after, std::size_t limit) override {
    const std::lock_guard lock(contents_->mutex);
    std::vector<WalletId> due;
    for (auto one = contents_->wallets.upper_bound(after); one != contents_->wallets.end(); ++one) {
      if (due.size() == limit) break;
      if (one->second.due) due.push_back(one->first);
    }
    return due;
  }

  Result<std::optional<StoredWallet>> load_vault_record(VaultRecord which) override {
    const std::lock_guard lock(contents_->mutex);
    const auto found = contents_->vault_records.find(which);
    if (found == contents_->vault_records.end()) return std::nullopt;
    return found->second;
  }

  Result<CommitOutcome> save_vault_record(VaultRecord which, std::uint64_t expected_version,
                                          const SealedRecord& record) override {
    const std::lock_guard lock(contents_->mutex);
    const auto found = contents_->vault_records.find(which);
    const auto version = found == contents_->vault_records.end() ? 0 : found->second.version;
    if (version != expected_version) return CommitOutcome::conflict;
    contents_->vault_records.insert_or_assign(
        which, StoredWallet{.version = version + 1, .record = record});
    return CommitOutcome::committed;
  }

  Status compact() override { return {}; }

  Status health() override { return {}; }

 private:
  static MemoryContents::IndexRow row_of(const IndexKey& key, const WalletId& wallet) {
    return {key.kind, key.value, wallet};
  }

  static bool fits(const std::map<std::uint64_t, AuditRow>& audit, const Commit& change) {
    std::uint64_t last = audit.empty() ? 0 : audit.rbegin()->first;
    if (change.rewrite_audit) {
      if (!change.replace_damaged_audit && change.audit.size() != last) return false;
      last = 0;
    }
    return std::ranges::all_of(change.audit,
                               [&](const AuditRow& row) { return row.seq == ++last; });
  }

  bool takes_from_another(const Commit& change) const {
    return std::ranges::any_of(change.add_index, [&](const IndexKey& key) {
      if (!is_unique(key.kind)) return false;
      const auto wallets = contents_->holders(key);
      return std::ranges::any_of(wallets, [&](const auto& id) { return id != change.wallet; });
    });
  }

  const std::shared_ptr<MemoryContents> contents_;
};

}  // namespace

std::unique_ptr<WalletStore> make_memory_store() {
  return make_memory_store(make_memory_contents());
}

std::shared_ptr<MemoryContents> make_memory_contents() {
  return std::make_shared<MemoryContents>();
}

std::unique_ptr<WalletStore> make_memory_store(std::shared_ptr<MemoryContents> contents) {
  return std::make_unique<MemoryStore>(std::move(contents));
}

}  // namespace cardvault
