#include "vault/storage/cached_store.h"

#include <array>
#include <mutex>
#include <unordered_map>
#include <utility>

namespace cardvault {
namespace {

// Enough shards, so that the threads of a few processors seldom wait for the same mutex.
constexpr std::size_t kShards = 16;
// Memory cost of an entry besides its record.
constexpr std::size_t kEntryOverhead = 128;

class Shard {
 public:
  [[nodiscard]] std::optional<StoredWallet> find(const WalletId& wallet) {
    const std::scoped_lock lock(mutex_);
    const auto found = records_.find(wallet);
    if (found == records_.end()) return std::nullopt;
    return found->second;
  }

  /// Number of drops so far. keep() compares it to learn whether a drop came in between.
  [[nodiscard]] std::uint64_t drops() {
    const std::scoped_lock lock(mutex_);
    return drops_;
  }

  /// Caches a record that was loaded after `drops_before` was read. A load may read the old record,
  /// then a commit writes a new one and drops the entry, and then the load would cache the old
  /// record. The counter detects such a drop, and the record is not cached.
  void keep(const WalletId& wallet, const StoredWallet& stored, std::uint64_t drops_before,
            std::size_t most_bytes) {
    const std::size_t size = stored.record.bytes().size() + kEntryOverhead;
    const std::scoped_lock lock(mutex_);
    if (drops_ != drops_before || size > most_bytes || changing_.contains(wallet)) return;
    while (bytes_ + size > most_bytes) remove(records_.begin());
    if (records_.try_emplace(wallet, stored).second) bytes_ += size;
  }

  /// From here until end_change() the wallet's record is not cached: while the store commits, a
  /// load may return the old record after another part of the change can be read.
  void begin_change(const WalletId& wallet) {
    const std::scoped_lock lock(mutex_);
    ++changing_[wallet];
    drop(wallet);
  }

  void end_change(const WalletId& wallet) {
    const std::scoped_lock lock(mutex_);
    const auto found = changing_.find(wallet);
    if (--found->second == 0) changing_.erase(found);
    drop(wallet);
  }

 private:
  using Records = std::unordered_map<WalletId, StoredWallet>;

  void drop(const WalletId& wallet) {
    ++drops_;
    const auto found = records_.find(wallet);
    if (found != records_.end()) remove(found);
  }

  void remove(Records::iterator entry) {
    bytes_ -= entry->second.record.bytes().size() + kEntryOverhead;
    records_.erase(entry);
  }

  std::mutex mutex_;
  Records records_;
  std::unordered_map<WalletId, int> changing_;  ///< how many commits of the wallet are in flight
  std::size_t bytes_ = 0;
  std::uint64_t drops_ = 0;
};

class CachedStore final : public WalletStore {
 public:
  CachedStore(std::unique_ptr<WalletStore> inner, std::size_t most_bytes)
      : inner_(std::move(inner)), most_bytes_per_shard_(most_bytes / kShards) {}

  Result<std::optional<StoredWallet>> load(const WalletId& wallet) override {
    Shard& shard = shard_of(wallet);
    if (auto cached = shard.find(wallet)) return cached;
    const std::uint64_t drops = shard.drops();
    auto loaded = inner_->load(wallet);
    if (loaded && *loaded) shard.keep(wallet, **loaded, drops, most_bytes_per_shard_);
    return loaded;
  }

  /// Bypasses the cache, because a cached record may be older than the other parts.
  Result<std::optional<WalletSnapshot>> load_snapshot(const WalletId& wallet,
                                                      const SnapshotParts& parts) override {
    return inner_->load_snapshot(wallet, parts);
  }

  Result<CommitOutcome> commit(const Commit& change) override {
    shard_of(change.wallet).begin_change(change.wallet);
    auto outcome = inner_->commit(change);
    shard_of(change.wallet).end_change(change.wallet);
    return outcome;
  }

  Result<std::vector<CommitOutcome>> commit_all(std::span<const Commit> changes) override {
    for (const Commit& change : changes) shard_of(change.wallet).begin_change(change.wallet);
    auto outcomes = inner_->commit_all(changes);
    for (const Commit& change : changes) shard_of(change.wallet).end_change(change.wallet);
    return outcomes;
  }

  Result<ArchivePage<WalletId>> list_wallets(const std::string& cursor,
                                             std::size_t limit) override {
    return inner_->list_wallets(cursor, limit);
  }
  Result<std::optional<SealedRecord>> load_pan(const WalletId& wallet,
                                               const CardId& card) override {
    return inner_->load_pan(wallet, card);
  }
  Result<std::vector<WalletId>> find(const IndexKey& key) override { return inner_->find(key); }
  Result<bool> leads_to(const IndexKey& key, const WalletId& wallet) override {
    return inner_->leads_to(key, wallet);
  }
  Result<std::vector<AuditRow>> read_audit(const WalletId& wallet, std::uint64_t after,
                                           std::size_t limit) override {
    return inner_->read_audit(wallet, after, limit);
  }
  Result<std::vector<WalletId>> claim_due(Time now, Seconds lease, std::size_t limit) override {
    return inner_->claim_due(now, lease, limit);
  }
  Result<std::vector<WalletId>> list_due(const WalletId& after, std::size_t limit) override {
    return inner_->list_due(after, limit);
  }
  Result<std::optional<StoredWallet>> load_vault_record(VaultRecord which) override {
    return inner_->load_vault_record(which);
  }
  Result<CommitOutcome> save_vault_record(VaultRecord which, std::uint64_t expected_version,
                                          const SealedRecord& record) override {
    return inner_->save_vault_record(which, expected_version, record);
  }
  Status compact() override { return inner_->compact(); }
  Status health() override { return inner_->health(); }

 private:
  Shard& shard_of(const WalletId& wallet) {
    return shards_[std::hash<WalletId>{}(wallet) % kShards];
  }

  std::unique_ptr<WalletStore> inner_;
  const std::size_t most_bytes_per_shard_;
  std::array<Shard, kShards> shards_;
};

}  // namespace

std::unique_ptr<WalletStore> make_cached_store(std::unique_ptr<WalletStore> inner,
                                               std::size_t most_bytes) {
  return std::make_unique<CachedStore>(std::move(inner), most_bytes);
}

}  // namespace cardvault
