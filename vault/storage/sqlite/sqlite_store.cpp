#include "vault/storage/sqlite/sqlite_store.h"

#include <sys/statvfs.h>

#include <chrono>
#include <system_error>
#include <utility>

#include "vault/storage/sqlite/sqlite_changes.h"
#include "vault/storage/sqlite/sqlite_files.h"
#include "vault/storage/sqlite/sqlite_reader_pool.h"
#include "vault/storage/sqlite/sqlite_rows.h"
#include "vault/storage/sqlite/sqlite_schema.h"
#include "vault/storage/sqlite/sqlite_snapshot_read.h"
#include "vault/storage/sqlite/sqlite_writer.h"

namespace cardvault {
namespace {

/// If less space is free than the log may need (see kTruncatePages), commits will soon fail.
constexpr std::uint64_t kLeastFreeBytes = std::uint64_t{16} << 20U;

std::filesystem::path scratch_file(const std::filesystem::path& directory) {
  return directory / "vault.db.compact";
}

std::unexpected<Error> cannot_do(OperatorText inside) {
  auto error = make_error(ErrorCode::store_unavailable,
                          "The store is not available now. Try again.", std::move(inside));
  error.retry_after = std::chrono::seconds{1};
  return fail(std::move(error));
}

class SqliteStore final : public WalletStore {
 public:
  SqliteStore(std::filesystem::path directory, std::unique_ptr<DatabaseFiles> files,
              std::unique_ptr<GroupWriter> writer)
      : directory_(std::move(directory)),
        files_(std::move(files)),
        writer_(std::move(writer)),
        readers_(vault_database_path(directory_), *files_) {}

  Result<std::optional<StoredWallet>> load(const WalletId& wallet) override {
    return read([&](const Reader& reader) {
      Query query(reader.load);
      return versioned_record(query.with(wallet.bits().bytes));
    });
  }

  Result<std::optional<WalletSnapshot>> load_snapshot(const WalletId& wallet,
                                                      const SnapshotParts& parts) override {
    return read([&](const Reader& reader) { return read_wallet_snapshot(reader, wallet, parts); });
  }

  Result<CommitOutcome> commit(const Commit& change) override {
    return swap([&](const Changes& changes) { return changes.commit(change); });
  }

  Result<std::vector<CommitOutcome>> commit_all(std::span<const Commit> changes) override {
    if (changes.size() > kMostCommitsAtOnce) {
      return fail(ErrorCode::internal, "The store refused the changes.");
    }
    std::vector<CommitOutcome> outcomes(changes.size(), CommitOutcome::conflict);
    std::vector<GroupWriter::Change> swaps;
    swaps.reserve(changes.size());
    for (std::size_t i = 0; i < changes.size(); ++i) {
      swaps.push_back(swap_into(outcomes[i], [&change = changes[i]](const Changes& writer) {
        return writer.commit(change);
      }));
    }
    TRY(writer_->submit_all(swaps));
    return outcomes;
  }

  Result<ArchivePage<WalletId>> list_wallets(const std::string& cursor,
                                             std::size_t limit) override {
    return read([&](const Reader& reader) {
      Query query(reader.list_wallets);
      return page_of_wallets(query, cursor, limit);
    });
  }

  Result<std::optional<SealedRecord>> load_pan(const WalletId& wallet,
                                               const CardId& card) override {
    return read([&](const Reader& reader) -> Result<std::optional<SealedRecord>> {
      Query query(reader.load_pan);
      TRY_VALUE(const auto row, query.with(wallet.bits().bytes).with(card.bits().bytes).next());
      if (!row) return std::nullopt;
      return record_from(query.blob(0));
    });
  }

  Result<std::vector<WalletId>> find(const IndexKey& key) override {
    return read([&](const Reader& reader) {
      Query query(reader.find);
      query.with(static_cast<std::int64_t>(key.kind)).with(key.value);
      return wallets_of(query);
    });
  }

  Result<bool> leads_to(const IndexKey& key, const WalletId& wallet) override {
    return read([&](const Reader& reader) { return index_leads_to(reader, key, wallet); });
  }

  Result<std::vector<AuditRow>> read_audit(const WalletId& wallet, std::uint64_t after,
                                           std::size_t limit) override {
    return read([&](const Reader& reader) {
      Query query(reader.read_audit);
      query.with(wallet.bits().bytes).with(sql_after(after)).with(sql_limit(limit));
      return audit_rows_of(query);
    });
  }

  Result<std::vector<WalletId>> claim_due(Time now, Seconds lease, std::size_t limit) override {
    std::vector<WalletId> claimed;
    TRY(writer_->submit([&](const Changes& changes) -> Result<bool> {
      TRY_VALUE(auto wallets, changes.claim_due(now, lease, limit));
      claimed = std::move(wallets);
      return true;
    }));
    return claimed;
  }

  Result<std::vector<WalletId>> list_due(const WalletId& after, std::size_t limit) override {
    return read([&](const Reader& reader) {
      Query query(reader.list_due);
      return wallets_of(query.with(after.bits().bytes).with(sql_limit(limit)));
    });
  }

  Result<std::optional<StoredWallet>> load_vault_record(VaultRecord which) override {
    return read([&](const Reader& reader) {
      Query query(reader.load_vault_record);
      return versioned_record(query.with(static_cast<std::int64_t>(which)));
    });
  }

  Result<CommitOutcome> save_vault_record(VaultRecord which, std::uint64_t expected_version,
                                          const SealedRecord& record) override {
    return swap([&](const Changes& changes) {
      return changes.save_vault_record(which, expected_version, record);
    });
  }

  Status compact() override { return writer_->compact(scratch_file(directory_)); }

  Status health() override {
    TRY(files_->check());
    if (auto written = writer_->last_write(); !written) return cannot_do(written.error().inside);
    if (const auto readable = load_vault_record(VaultRecord::keyring); !readable) {
      return cannot_do(readable.error().inside);
    }
    struct statvfs disk{};
    const bool known = ::statvfs(directory_.c_str(), &disk) == 0;
    if (known && (disk.f_flag & ST_RDONLY) == 0 &&
        std::uint64_t{disk.f_bavail} * disk.f_frsize >= kLeastFreeBytes) {
      return {};
    }
    return cannot_do(OperatorText{"the data directory is gone, read-only or full"});
  }

 private:
  /// Returns the result of `query`. If the files are lost, a result that looks like damage is not
  /// the record's fault, so the loss is reported instead.
  template <class Read>
  auto read(const Read& query) -> decltype(query(std::declval<const Reader&>())) {
    TRY_VALUE(const auto reader, readers_.borrow());
    auto found = query(*reader);
    if (found || found.error().code != ErrorCode::record_corrupt) return found;
    TRY(files_->check());
    return found;
  }

  template <class Swap>
  static GroupWriter::Change swap_into(CommitOutcome& outcome, Swap change) {
    return [&outcome, change](const Changes& changes) -> Result<bool> {
      TRY_VALUE(const auto swapped, change(changes));
      outcome = swapped;
      return outcome == CommitOutcome::committed;
    };
  }

  template <class Swap>
  Result<CommitOutcome> swap(const Swap& change) {
    auto outcome = CommitOutcome::conflict;
    TRY(writer_->submit(swap_into(outcome, change)));
    return outcome;
  }

  const std::filesystem::path directory_;
  const std::unique_ptr<DatabaseFiles> files_;
  const std::unique_ptr<GroupWriter> writer_;
  ReaderPool readers_;
};

}  // namespace

Result<std::unique_ptr<WalletStore>> open_sqlite_store(const std::filesystem::path& directory) {
  TRY_VALUE(auto connection, open_vault_database(directory));
  std::error_code ignored;
  std::filesystem::remove(scratch_file(directory), ignored);
  auto files = std::make_unique<DatabaseFiles>(vault_database_path(directory));
  TRY_VALUE(auto writer, GroupWriter::start(std::move(connection), *files));
  return std::make_unique<SqliteStore>(directory, std::move(files), std::move(writer));
}

}  // namespace cardvault
