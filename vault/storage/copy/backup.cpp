#include "vault/storage/copy/backup.h"

#include <string>
#include <system_error>
#include <utility>

#include "vault/storage/copy/online_copy.h"
#include "vault/storage/copy/store_copy.h"
#include "vault/storage/sqlite/sqlite_archive.h"
#include "vault/storage/sqlite/sqlite_schema.h"
#include "vault/storage/sqlite/sqlite_snapshot.h"
#include "vault/storage/whole_file.h"

namespace cardvault {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kWorkers = 4;

bool is_present(const fs::path& file) {
  std::error_code ignored;
  return fs::exists(file, ignored);
}

/// The database of a vault, opened read-only, with the version of its schema.
struct VaultDatabase {
  Connection connection;
  std::int64_t schema_version;
};

Result<VaultDatabase> open_vault(const fs::path& file) {
  if (!is_present(file)) {
    return fail(ErrorCode::store_unavailable, "There is no " + file.string() + ".");
  }
  TRY_VALUE(auto connection, Connection::open(file, Connection::Access::read_only));
  const auto application = connection.number("PRAGMA application_id");
  const bool is_other = application ? *application != kApplicationId
                                    : application.error().code == ErrorCode::record_corrupt;
  if (is_other) {
    return fail(ErrorCode::record_corrupt, file.string() + " is not the database of a vault.");
  }
  if (!application) return fail(application.error());
  TRY_VALUE(const auto version, connection.number("PRAGMA user_version"));
  if (version < 1 || version > newest_schema_version()) {
    return fail(ErrorCode::internal,
                file.string() + " was written by a newer version of cardvault. Use that version.");
  }
  return VaultDatabase{.connection = std::move(connection), .schema_version = version};
}

/// Needed because SQLite reads zeros if the last page is cut short.
Result<bool> has_every_byte(const Connection& database, const fs::path& file) {
  TRY_VALUE(const auto pages, database.number("PRAGMA page_count"));
  TRY_VALUE(const auto page_size, database.number("PRAGMA page_size"));
  std::error_code ignored;
  return fs::file_size(file, ignored) == static_cast<std::uintmax_t>(pages * page_size);
}

Result<bool> is_sound(const Connection& database) {
  TRY_VALUE(const auto check, database.prepare("PRAGMA integrity_check(1)"));
  Query query(check);
  TRY_VALUE(const auto row, query.next());
  return row && as_text(query.blob(0)) == "ok";
}

Result<VaultDatabase> open_whole_backup(const fs::path& file) {
  auto database = open_vault(file);
  if (!database) return database;
  auto whole = has_every_byte(database->connection, file);
  if (whole && *whole) whole = is_sound(database->connection);
  if (whole && *whole) return database;
  if (!whole && whole.error().code != ErrorCode::record_corrupt) return fail(whole.error());
  return fail(ErrorCode::record_corrupt, file.string() + " is damaged.");
}

Result<StoreTally> fill(WalletArchive& from, const fs::path& part) {
  TRY_VALUE(const auto to, create_archive_file(part));
  TRY(copy_while_used(from, *to, kWorkers));
  return tally_store(*to, 1, [](auto, auto) {});
}

}  // namespace

Status backup_database(const fs::path& directory, const fs::path& file) {
  return write_whole_file(file, [&](const fs::path& part) -> Status {
    TRY_VALUE(const auto database, open_vault(vault_database_path(directory)));
    return write_snapshot(database.connection, part);
  });
}

Result<StoreTally> backup_archive(WalletArchive& from, const fs::path& file) {
  Result<StoreTally> tally;
  TRY(write_whole_file(file, [&](const fs::path& part) -> Status {
    tally = fill(from, part);
    return tally ? Status{} : fail(tally.error());
  }));
  return tally;
}

Status restore_database(const fs::path& file, const fs::path& directory) {
  const fs::path database = vault_database_path(directory);
  for (const char* suffix : {"-wal", "-journal"}) {
    const fs::path remains = database.string() + suffix;
    if (!is_present(remains)) continue;
    return fail(ErrorCode::write_conflict,
                remains.string() + " is a file that another database left. Move it away first.");
  }
  return write_whole_file(database, [&](const fs::path& part) -> Status {
    TRY_VALUE(const auto backup, open_whole_backup(file));
    return write_snapshot(backup.connection, part);
  });
}

Result<StoreTally> restore_archive(const fs::path& file, WalletArchive& to) {
  TRY_VALUE(const auto keyring, to.load_vault_record(VaultRecord::keyring));
  if (keyring) {
    return fail(
        ErrorCode::write_conflict,
        "The store already holds a vault. It was not changed. Restore into an empty store.");
  }
  TRY_VALUE(const auto backup, open_whole_backup(file));
  if (backup.schema_version != newest_schema_version()) {
    return fail(ErrorCode::internal,
                file.string() +
                    " was written by an older version. Restore it into a directory, open that "
                    "directory with this version, then copy it with `cardvault copy`.");
  }
  TRY_VALUE(const auto from, open_archive_file(file));
  TRY_VALUE(const auto copied, copy_store(*from, to, {}));
  return copied.tally;
}

}  // namespace cardvault
