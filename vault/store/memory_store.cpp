#include "vault/store/memory_store.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <tuple>

namespace cardvault {
namespace {

struct DueEntry {
  Time at{};
  std::optional<Time> held_until;
};

struct WalletEntry {
  StoredWallet wallet;
  std::map<CardId, SealedRecord> pans;
  std::map<std::uint64_t, AuditRow> audit;
  std::optional<DueEntry> due;
};

using IndexRow = std::tuple<IndexKind, Digest, WalletId>;

class MemoryStore final : public WalletStore {
 public:
  Result<std::optional<StoredWallet>> load(const WalletId& wallet) override {
    const std::lock_guard lock(mutex_);
    const auto found = wallets_.find(wallet);
    if (found == wallets_.end()) return std::nullopt;
    return found->second.wallet;
  }

  Result<CommitOutcome> commit(const Commit& change) override {
    const std::lock_guard lock(mutex_);
    const auto found = wallets_.find(change.wallet);
    WalletEntry entry = found == wallets_.end() ? WalletEntry{} : found->second;
    if (entry.wallet.version != change.expected_version) return CommitOutcome::conflict;
    if (!goes_on(entry.audit, change.audit)) {
      return fail(ErrorCode::internal, "the store refused the change");
    }
    if (takes_from_another(change)) return CommitOutcome::index_taken;

    entry.wallet = {.version = change.expected_version + 1, .record = change.record};
    for (const auto& card : change.delete_pans) entry.pans.erase(card);
    for (const auto& [card, record] : change.put_pans) entry.pans.insert_or_assign(card, record);
    for (const auto& row : change.audit) entry.audit.emplace(row.seq, row);
    entry.due.reset();
    if (change.due) entry.due = DueEntry{.at = *change.due, .held_until = {}};

    for (const auto& key : change.remove_index) index_.erase(row_of(key, change.wallet));
    for (const auto& key : change.add_index) index_.insert(row_of(key, change.wallet));
    wallets_.insert_or_assign(change.wallet, std::move(entry));
    return CommitOutcome::committed;
  }

  Result<std::optional<SealedRecord>> load_pan(const WalletId& wallet,
                                               const CardId& card) override {
    const std::lock_guard lock(mutex_);
    const auto found = wallets_.find(wallet);
    if (found == wallets_.end()) return std::nullopt;
    const auto pan = found->second.pans.find(card);
    if (pan == found->second.pans.end()) return std::nullopt;
    return pan->second;
  }

  Result<std::vector<WalletId>> find(const IndexKey& key) override {
    const std::lock_guard lock(mutex_);
    return holders(key);
  }

  Result<std::vector<AuditRow>> read_audit(const WalletId& wallet, std::uint64_t after,
                                           std::size_t limit) override {
    const std::lock_guard lock(mutex_);
    std::vector<AuditRow> rows;
    const auto found = wallets_.find(wallet);
    if (found == wallets_.end()) return rows;
    const auto& audit = found->second.audit;
    for (auto row = audit.upper_bound(after); row != audit.end() && rows.size() < limit; ++row) {
      rows.push_back(row->second);
    }
    return rows;
  }

  Result<std::vector<WalletId>> claim_due(Time now, Seconds lease, std::size_t limit) override {
    const std::lock_guard lock(mutex_);
    std::vector<std::pair<Time, WalletId>> free;
    for (const auto& [id, entry] : wallets_) {
      if (!entry.due || entry.due->at > now) continue;
      const auto held = entry.due->held_until;
      if (held && *held > now && *held <= now + 2 * lease) continue;
      free.emplace_back(entry.due->at, id);
    }
    std::sort(free.begin(), free.end());
    if (free.size() > limit) free.resize(limit);
    std::vector<WalletId> claimed;
    for (const auto& [at, id] : free) {
      wallets_.at(id).due->held_until = now + lease;
      claimed.push_back(id);
    }
    return claimed;
  }

  Result<std::vector<WalletId>> list_due(const WalletId& after, std::size_t limit) override {
    const std::lock_guard lock(mutex_);
    std::vector<WalletId> due;
    for (auto one = wallets_.upper_bound(after); one != wallets_.end(); ++one) {
      if (due.size() == limit) break;
      if (one->second.due) due.push_back(one->first);
    }
    return due;
  }

  Result<std::optional<StoredWallet>> load_vault_record(VaultRecord which) override {
    const std::lock_guard lock(mutex_);
    const auto found = vault_records_.find(which);
    if (found == vault_records_.end()) return std::nullopt;
    return found->second;
  }

  Result<CommitOutcome> save_vault_record(VaultRecord which, std::uint64_t expected_version,
                                          const SealedRecord& record) override {
    const std::lock_guard lock(mutex_);
    const auto found = vault_records_.find(which);
    const auto version = found == vault_records_.end() ? 0 : found->second.version;
    if (version != expected_version) return CommitOutcome::conflict;
    vault_records_.insert_or_assign(which, StoredWallet{.version = version + 1, .record = record});
    return CommitOutcome::committed;
  }

  Status health() override { return {}; }

 private:
  static IndexRow row_of(const IndexKey& key, const WalletId& wallet) {
    return {key.kind, key.value, wallet};
  }

  static bool goes_on(const std::map<std::uint64_t, AuditRow>& audit,
                      const std::vector<AuditRow>& rows) {
    std::uint64_t last = audit.empty() ? 0 : audit.rbegin()->first;
    return std::ranges::all_of(rows, [&](const AuditRow& row) { return row.seq == ++last; });
  }

  std::vector<WalletId> holders(const IndexKey& key) const {
    std::vector<WalletId> wallets;
    for (auto row = index_.lower_bound(row_of(key, WalletId{})); row != index_.end(); ++row) {
      if (std::get<0>(*row) != key.kind || std::get<1>(*row) != key.value) break;
      wallets.push_back(std::get<2>(*row));
    }
    return wallets;
  }

  bool takes_from_another(const Commit& change) const {
    return std::ranges::any_of(change.add_index, [&](const IndexKey& key) {
      if (!is_unique(key.kind)) return false;
      const auto wallets = holders(key);
      return std::ranges::any_of(wallets, [&](const auto& id) { return id != change.wallet; });
    });
  }

  std::mutex mutex_;
  std::map<WalletId, WalletEntry> wallets_;
  std::set<IndexRow> index_;
  std::map<VaultRecord, StoredWallet> vault_records_;
};

}  // namespace

std::unique_ptr<WalletStore> make_memory_store() {
  return std::make_unique<MemoryStore>();
}

}  // namespace cardvault
