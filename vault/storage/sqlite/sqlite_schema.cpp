#include "vault/storage/sqlite/sqlite_schema.h"

#include <array>
#include <string>

#include "vault/storage/sqlite/sqlite_snapshot.h"

namespace cardvault {
namespace {

// Only append to this list. `wallets` and `pans` keep a rowid, because rows of some kilobytes in a
// WITHOUT ROWID tree spill into overflow pages. Due times have a separate table, so that a claim
// does not rewrite the wallet's record.
constexpr std::array kMigrations{
    R"sql(
CREATE TABLE wallets (
  id BLOB NOT NULL UNIQUE,
  version INTEGER NOT NULL,
  record BLOB NOT NULL
);
CREATE TABLE pans (
  wallet BLOB NOT NULL,
  card BLOB NOT NULL,
  record BLOB NOT NULL,
  UNIQUE (wallet, card)
);
CREATE TABLE audit (
  wallet BLOB NOT NULL,
  seq INTEGER NOT NULL,
  link BLOB NOT NULL,
  record BLOB NOT NULL,
  PRIMARY KEY (wallet, seq)
) WITHOUT ROWID;
CREATE TABLE index_entries (
  kind INTEGER NOT NULL,
  value BLOB NOT NULL,
  wallet BLOB NOT NULL,
  PRIMARY KEY (kind, value, wallet)
) WITHOUT ROWID;
CREATE TABLE due (
  wallet BLOB PRIMARY KEY NOT NULL,
  at_ms INTEGER NOT NULL,
  held_until_ms INTEGER
) WITHOUT ROWID;
CREATE INDEX due_by_time ON due (at_ms, wallet);
CREATE TABLE vault_records (
  which INTEGER PRIMARY KEY NOT NULL,
  version INTEGER NOT NULL,
  record BLOB NOT NULL
);
)sql",
};

// secure_delete: deleted data is overwritten; the key of a shredded card is the most important.
// temp_store: no file outside the data directory.
// wal_autocheckpoint: the writer checkpoints after it has answered, not inside a commit.
constexpr const char* kWriterSettings = R"sql(
PRAGMA synchronous = FULL;
PRAGMA secure_delete = ON;
PRAGMA temp_store = MEMORY;
PRAGMA cell_size_check = ON;
PRAGMA cache_size = -2048;
PRAGMA wal_autocheckpoint = 0;
PRAGMA journal_size_limit = 16777216;
)sql";

constexpr const char* kUnsyncedSettings = R"sql(
PRAGMA page_size = 4096;
PRAGMA journal_mode = MEMORY;
PRAGMA synchronous = OFF;
PRAGMA temp_store = MEMORY;
)sql";

Error refused(std::string inside) {
  auto error = make_error(ErrorCode::store_unavailable, "The database cannot be used.",
                          OperatorText{"vault.db: " + std::move(inside)});
  error.retry_after = std::chrono::seconds{1};
  return error;
}

Result<std::int64_t> schema_version(const Connection& connection) {
  const auto version = connection.number("PRAGMA user_version");
  if (!version) return version;
  TRY_VALUE(const auto application, connection.number("PRAGMA application_id"));
  TRY_VALUE(const auto objects, connection.number("SELECT count(*) FROM sqlite_schema"));
  const bool is_empty = *version == 0 && application == 0 && objects == 0;
  if (!is_empty && application != kApplicationId) return fail(refused("not a vault database"));
  if (*version < 0 || *version > newest_schema_version()) {
    return fail(refused("schema version " + std::to_string(*version) + " is newer than " +
                        std::to_string(newest_schema_version()) + ", the newest known here"));
  }
  return version;
}

// With pages of 4 KiB, one record of about 2.5 KB is read in one piece.
Status use_write_ahead_log(const Connection& connection) {
  TRY(connection.execute("PRAGMA page_size = 4096"));
  TRY_VALUE(auto statement, connection.prepare("PRAGMA journal_mode = WAL"));
  Query query(statement);
  TRY_VALUE(const auto row, query.next());
  if (!row || as_text(query.blob(0)) != "wal") return fail(refused("no write-ahead log here"));
  return {};
}

Status migrate(const Connection& connection, std::int64_t from) {
  for (auto version = from; version < newest_schema_version(); ++version) {
    const std::string sql = std::string("BEGIN IMMEDIATE;") +
                            kMigrations[static_cast<std::size_t>(version)] +
                            "PRAGMA application_id = " + std::to_string(kApplicationId) +
                            ";PRAGMA user_version = " + std::to_string(version + 1) + ";COMMIT;";
    TRY(connection.execute(sql.c_str()));
  }
  return {};
}

}  // namespace

std::filesystem::path vault_database_path(const std::filesystem::path& directory) {
  return directory / "vault.db";
}

std::int64_t newest_schema_version() {
  return static_cast<std::int64_t>(kMigrations.size());
}

Result<Connection> open_vault_database(const std::filesystem::path& directory) {
  const auto file = vault_database_path(directory);
  TRY(create_database_file(file));
  auto connection = Connection::open(file, Connection::Access::read_write);
  if (!connection) return connection;
  TRY_VALUE(const auto version, schema_version(*connection));
  TRY(use_write_ahead_log(*connection));
  TRY(connection->execute(kWriterSettings));
  TRY(migrate(*connection, version));
  return connection;
}

Result<Connection> create_unsynced_database(const std::filesystem::path& file) {
  TRY(create_database_file(file));
  auto connection = Connection::open(file, Connection::Access::read_write);
  if (!connection) return connection;
  TRY(connection->execute(kUnsyncedSettings));
  TRY(migrate(*connection, 0));
  return connection;
}

}  // namespace cardvault
