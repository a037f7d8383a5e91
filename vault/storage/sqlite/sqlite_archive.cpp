#include "vault/storage/sqlite/sqlite_archive.h"

#include <mutex>
#include <system_error>
#include <utility>

#include "vault/storage/sqlite/sqlite_images.h"
#include "vault/storage/sqlite/sqlite_schema.h"

namespace cardvault {
namespace {

class SqliteArchive final : public WalletArchive {
 public:
  SqliteArchive(Connection connection, Images images)
      : connection_(std::move(connection)), images_(std::move(images)) {}

  Result<ArchivePage<WalletId>> list_wallets(const std::string& cursor,
                                             std::size_t limit) override {
    const std::lock_guard lock(mutex_);
    return images_.list(cursor, limit);
  }

  Result<std::vector<WalletImage>> export_wallets(std::span<const WalletId> wallets) override {
    const std::lock_guard lock(mutex_);
    std::vector<WalletImage> images;
    for (const WalletId& id : wallets) {
      TRY_VALUE(auto image, images_.read(id));
      if (image) images.push_back(std::move(*image));
    }
    return images;
  }

  Status import_wallets(std::span<const WalletImage> images) override {
    return together([&]() -> Status {
      for (const WalletImage& image : images) {
        TRY(images_.write(image));
      }
      return {};
    });
  }

  Result<ArchivePage<IndexEntry>> list_index(const std::string& cursor,
                                             std::size_t limit) override {
    const std::lock_guard lock(mutex_);
    return images_.list_index(cursor, limit);
  }

  Status import_index(std::span<const IndexEntry> entries) override {
    return together([&]() -> Status {
      for (const IndexEntry& entry : entries) {
        TRY(images_.add_entry(entry));
      }
      return {};
    });
  }

  Result<std::optional<StoredWallet>> load_vault_record(VaultRecord which) override {
    const std::lock_guard lock(mutex_);
    return images_.load_record(which);
  }

  Status import_vault_record(VaultRecord which, const StoredWallet& record) override {
    return together([&] { return images_.put_record(which, record); });
  }

 private:
  template <class Change>
  Status together(const Change& change) {
    const std::lock_guard lock(mutex_);
    TRY(connection_.execute("BEGIN IMMEDIATE"));
    Status done = change();
    if (done) done = connection_.execute("COMMIT");
    if (!done && connection_.in_transaction()) (void)connection_.execute("ROLLBACK");
    return done;
  }

  std::mutex mutex_;
  const Connection connection_;
  const Images images_;
};

Result<std::unique_ptr<WalletArchive>> archive_on(Result<Connection> connection) {
  if (!connection) return fail(std::move(connection.error()));
  TRY_VALUE(auto images, Images::prepare(*connection));
  return std::make_unique<SqliteArchive>(std::move(*connection), std::move(images));
}

}  // namespace

Result<std::unique_ptr<WalletArchive>> open_sqlite_archive(const std::filesystem::path& directory) {
  std::error_code error;
  if (!std::filesystem::exists(vault_database_path(directory), error)) {
    return fail(ErrorCode::store_unavailable,
                "There is no vault in " + directory.string() + ": it has no vault.db.");
  }
  return create_sqlite_archive(directory);
}

Result<std::unique_ptr<WalletArchive>> create_sqlite_archive(
    const std::filesystem::path& directory) {
  auto connection = open_vault_database(directory);
  if (!connection) return fail(std::move(connection.error()));
  // SQLite may cut the log by itself, because only this connection writes.
  TRY(connection->execute("PRAGMA wal_autocheckpoint = 1000"));
  return archive_on(std::move(connection));
}

Result<std::unique_ptr<WalletArchive>> open_archive_file(const std::filesystem::path& file) {
  return archive_on(Connection::open(file, Connection::Access::read_only));
}

Result<std::unique_ptr<WalletArchive>> create_archive_file(const std::filesystem::path& file) {
  return archive_on(create_unsynced_database(file));
}

}  // namespace cardvault
