#pragma once

#include <sqlite3.h>

#include <filesystem>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace cardvault {

/// Maps SQLite's result codes to error codes. Damaged pages and foreign files become
/// record_corrupt. A violated rule of the schema becomes internal. All others (full, read-only, a
/// disk that cannot be read, written or synced, busy, no memory, gone) become store_unavailable
/// with retry_after. See vfs_with_read_errors(). The operator's text has the extended code and
/// SQLite's message, never data.
[[nodiscard]] Error sqlite_error(int code, sqlite3* connection);

/// Owns one prepared statement. It must not outlive its connection. Only one thread may use it at a
/// time.
class Statement {
 public:
  [[nodiscard]] sqlite3_stmt* get() const { return handle_.get(); }

 private:
  friend class Connection;
  struct Finalize {
    void operator()(sqlite3_stmt* handle) const { sqlite3_finalize(handle); }
  };
  explicit Statement(sqlite3_stmt* handle) : handle_(handle) {}

  std::unique_ptr<sqlite3_stmt, Finalize> handle_;
};

/// One run of a statement: bind parameters in order, then read rows. The destructor ends the run
/// and releases the snapshot that the connection reads from.
class Query {
 public:
  explicit Query(const Statement& statement) : handle_(statement.get()) {}
  ~Query();
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  /// Keeps a reference: the bytes must stay until the run ends. An empty view is the empty blob,
  /// not NULL.
  Query& with(ByteView blob);
  Query& with(std::int64_t number);
  /// Keeps a reference to the text too.
  Query& with_text(std::string_view text);

  /// Returns true if a row can be read, and false if no more rows exist. It also reports a failed
  /// bind.
  [[nodiscard]] Result<bool> next();
  /// Runs a statement that returns no rows.
  [[nodiscard]] Status run();

  [[nodiscard]] std::int64_t number(int column) const;
  /// The bytes are valid until next() or the end of the run.
  [[nodiscard]] ByteView blob(int column) const;

 private:
  sqlite3_stmt* handle_;
  int parameter_ = 0;
  int bind_code_ = SQLITE_OK;
};

/// Owns one connection to a database. It has no lock, so only one thread may use it at a time.
class Connection {
 public:
  enum class Access { read_only, read_write };

  /// Opens an existing file, or fails with store_unavailable. Triggers, views and functions in the
  /// file's schema are not allowed to run.
  [[nodiscard]] static Result<Connection> open(const std::filesystem::path& file, Access access);

  /// Prepares a statement that is run many times.
  [[nodiscard]] Result<Statement> prepare(const char* sql) const;
  /// Prepares several statements in order.
  [[nodiscard]] Result<std::vector<Statement>> prepare_all(
      std::span<const char* const> statements) const;
  /// Runs all statements in `sql` and ignores their rows.
  [[nodiscard]] Status execute(const char* sql) const;
  /// Returns the first column of the first row, for example of a pragma.
  [[nodiscard]] Result<std::int64_t> number(const char* sql) const;
  /// False after SQLite has rolled back by itself, as it does for some I/O errors.
  [[nodiscard]] bool in_transaction() const { return sqlite3_get_autocommit(get()) == 0; }
  [[nodiscard]] sqlite3* get() const { return handle_.get(); }

 private:
  struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
  };
  explicit Connection(sqlite3* handle) : handle_(handle) {}

  std::unique_ptr<sqlite3, Close> handle_;
};

}  // namespace cardvault
