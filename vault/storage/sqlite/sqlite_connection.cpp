#include "vault/storage/sqlite/sqlite_connection.h"

#include <chrono>
#include <string>

#include "vault/storage/sqlite/sqlite_vfs.h"

namespace cardvault {
namespace {

constexpr int kBusyTimeoutMs = 1000;
constexpr std::chrono::seconds kRetryAfter{1};

ErrorCode error_code_of(int sqlite_code) {
  switch (sqlite_code & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return ErrorCode::record_corrupt;
    case SQLITE_CONSTRAINT:
      return ErrorCode::internal;
    default:
      return ErrorCode::store_unavailable;
  }
}

std::string_view detail_of(const ErrorCode& code) {
  if (code == ErrorCode::record_corrupt) return "Stored data is damaged.";
  if (code == ErrorCode::internal) return "The store refused the change.";
  return "The store is not available now. Try again.";
}

}  // namespace

Error sqlite_error(int code, sqlite3* connection) {
  const auto mapped = error_code_of(code);
  std::string inside = "sqlite " + std::to_string(code) + ": " + sqlite3_errstr(code);
  if (connection != nullptr) inside += std::string(" (") + sqlite3_errmsg(connection) + ")";
  auto error = make_error(mapped, std::string(detail_of(mapped)), OperatorText{std::move(inside)});
  if (mapped == ErrorCode::store_unavailable) error.retry_after = kRetryAfter;
  return error;
}

Query::~Query() {
  sqlite3_reset(handle_);
}

Query& Query::with(ByteView blob) {
  static constexpr char kEmpty = 0;
  const void* data = blob.empty() ? static_cast<const void*>(&kEmpty) : blob.data();
  const int code = sqlite3_bind_blob64(handle_, ++parameter_, data, blob.size(), nullptr);
  if (code != SQLITE_OK) bind_code_ = code;
  return *this;
}

Query& Query::with(std::int64_t number) {
  const int code = sqlite3_bind_int64(handle_, ++parameter_, number);
  if (code != SQLITE_OK) bind_code_ = code;
  return *this;
}

Query& Query::with_text(std::string_view text) {
  const int code =
      sqlite3_bind_text64(handle_, ++parameter_, text.data(), text.size(), nullptr, SQLITE_UTF8);
  if (code != SQLITE_OK) bind_code_ = code;
  return *this;
}

Result<bool> Query::next() {
  const int code = bind_code_ == SQLITE_OK ? sqlite3_step(handle_) : bind_code_;
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return fail(sqlite_error(code, sqlite3_db_handle(handle_)));
}

Status Query::run() {
  TRY(next());
  return {};
}

std::int64_t Query::number(int column) const {
  return sqlite3_column_int64(handle_, column);
}

ByteView Query::blob(int column) const {
  const void* data = sqlite3_column_blob(handle_, column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(handle_, column));
  if (data == nullptr) return {};
  return {static_cast<const std::uint8_t*>(data), size};
}

Result<Connection> Connection::open(const std::filesystem::path& file, Access access) {
  const int mode = access == Access::read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
  sqlite3* handle = nullptr;
  const int code =
      sqlite3_open_v2(file.c_str(), &handle, mode | SQLITE_OPEN_NOMUTEX, vfs_with_read_errors());
  Connection connection(handle);
  if (code != SQLITE_OK) return fail(sqlite_error(code, handle));
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, kBusyTimeoutMs);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  return connection;
}

Result<Statement> Connection::prepare(const char* sql) const {
  sqlite3_stmt* statement = nullptr;
  const int code =
      sqlite3_prepare_v3(get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) return fail(sqlite_error(code, get()));
  return Statement(statement);
}

Result<std::vector<Statement>> Connection::prepare_all(
    std::span<const char* const> statements) const {
  std::vector<Statement> prepared;
  prepared.reserve(statements.size());
  for (const char* sql : statements) {
    TRY_VALUE(auto statement, prepare(sql));
    prepared.push_back(std::move(statement));
  }
  return prepared;
}

Status Connection::execute(const char* sql) const {
  const int code = sqlite3_exec(get(), sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return fail(sqlite_error(code, get()));
  return {};
}

Result<std::int64_t> Connection::number(const char* sql) const {
  TRY_VALUE(auto statement, prepare(sql));
  Query query(statement);
  TRY_VALUE(const auto row, query.next());
  return row ? query.number(0) : 0;
}

}  // namespace cardvault
