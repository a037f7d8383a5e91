#include "vault/storage/sqlite/backup_store.h"

#include <system_error>
#include <utility>

#include "vault/storage/sqlite/sqlite_reader_pool.h"
#include "vault/storage/sqlite/sqlite_rows.h"
#include "vault/storage/sqlite/sqlite_snapshot_read.h"

namespace cardvault {
namespace {

std::unexpected<Error> read_only() {
  return fail(ErrorCode::internal, "A backup cannot be changed.");
}

class BackupStore final : public WalletStore {
 public:
  explicit BackupStore(const std::filesystem::path& file) : files_(file), readers_(file, files_) {}

  Result<std::optional<StoredWallet>> load(const WalletId& wallet) override {
    TRY_VALUE(auto snapshot, load_snapshot(wallet, {}));
    if (!snapshot) return std::nullopt;
    return std::move(snapshot->wallet);
  }
  Result<std::optional<WalletSnapshot>> load_snapshot(const WalletId& wallet,
                                                      const SnapshotParts& parts) override {
    TRY_VALUE(const auto reader, readers_.borrow());
    return read_wallet_snapshot(*reader, wallet, parts);
  }
  Result<ArchivePage<WalletId>> list_wallets(const std::string& cursor,
                                             std::size_t limit) override {
    TRY_VALUE(const auto reader, readers_.borrow());
    Query query(reader->list_wallets);
    return page_of_wallets(query, cursor, limit);
  }
  Result<std::optional<SealedRecord>> load_pan(const WalletId& wallet,
                                               const CardId& card) override {
    TRY_VALUE(const auto snapshot, load_snapshot(wallet, {.pans = true}));
    if (!snapshot) return std::nullopt;
    for (const auto& [id, record] : snapshot->pans) {
      if (id == card) return record;
    }
    return std::nullopt;
  }
  Result<std::vector<WalletId>> find(const IndexKey& key) override {
    TRY_VALUE(const auto reader, readers_.borrow());
    Query query(reader->find);
    query.with(static_cast<std::int64_t>(key.kind)).with(key.value);
    return wallets_of(query);
  }
  Result<bool> leads_to(const IndexKey& key, const WalletId& wallet) override {
    TRY_VALUE(const auto reader, readers_.borrow());
    return index_leads_to(*reader, key, wallet);
  }
  Result<std::vector<AuditRow>> read_audit(const WalletId& wallet, std::uint64_t after,
                                           std::size_t limit) override {
    TRY_VALUE(const auto reader, readers_.borrow());
    Query query(reader->read_audit);
    query.with(wallet.bits().bytes).with(sql_after(after)).with(sql_limit(limit));
    return audit_rows_of(query);
  }
  Result<std::optional<StoredWallet>> load_vault_record(VaultRecord which) override {
    TRY_VALUE(const auto reader, readers_.borrow());
    Query query(reader->load_vault_record);
    return versioned_record(query.with(static_cast<std::int64_t>(which)));
  }
  Result<std::vector<WalletId>> list_due(const WalletId& after, std::size_t limit) override {
    TRY_VALUE(const auto reader, readers_.borrow());
    Query query(reader->list_due);
    return wallets_of(query.with(after.bits().bytes).with(sql_limit(limit)));
  }

  Result<CommitOutcome> commit(const Commit&) override { return read_only(); }
  Result<std::vector<CommitOutcome>> commit_all(std::span<const Commit>) override {
    return read_only();
  }
  Result<std::vector<WalletId>> claim_due(Time, Seconds, std::size_t) override {
    return read_only();
  }
  Result<CommitOutcome> save_vault_record(VaultRecord, std::uint64_t,
                                          const SealedRecord&) override {
    return read_only();
  }
  Status compact() override { return read_only(); }
  Status health() override { return {}; }

 private:
  DatabaseFiles files_;
  ReaderPool readers_;
};

}  // namespace

Result<std::unique_ptr<WalletStore>> open_backup_store(const std::filesystem::path& file) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(file, ignored)) {
    return fail(ErrorCode::store_unavailable, "There is no file " + file.string() + ".");
  }
  auto store = std::make_unique<BackupStore>(file);
  const auto keyring = store->load_vault_record(VaultRecord::keyring);
  if (keyring && *keyring) return store;
  if (!keyring && keyring.error().code == ErrorCode::store_unavailable) {
    return fail(keyring.error());
  }
  return fail(ErrorCode::record_corrupt, file.string() + " is not a backup of a vault.");
}

}  // namespace cardvault
