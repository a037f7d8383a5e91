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

/// How SQLite's result codes become this project's: damaged pages and foreign files are
/// record_corrupt, a broken rule of the schema is internal, everything else (full, read-only, a
/// disk that cannot be read, written or synced, busy, no memory, gone) is store_unavailable with
/// retry_after. See vfs_with_read_errors(). The operator's text has the
/// extended code and SQLite's words, never data.
[[nodiscard]] Error sqlite_error(int code, sqlite3* connection);

/// One prepared statement, owned. Lives no longer than its connection; one thread at a time.
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

/// One run of a statement: bind parameters in order, then read rows. The run ends with the object,
/// which gives back the snapshot that the connection reads from.
class Query {
 public:
  explicit Query(const Statement& statement) : handle_(statement.get()) {}
  ~Query();
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  /// Lends the bytes: they must stay until the run ends. Empty is the empty blob, not NULL.
  Query& with(ByteView blob);
  Query& with(std::int64_t number);
  /// Lends the text, too.
  Query& with_text(std::string_view text);

  /// True: a row can be read. False: there are no more. A bind that failed is told here.
  [[nodiscard]] Result<bool> next();
  /// For statements that give no rows.
  [[nodiscard]] Status run();

  [[nodiscard]] std::int64_t number(int column) const;
  /// Valid until next() or the end of the run.
  [[nodiscard]] ByteView blob(int column) const;

 private:
  sqlite3_stmt* handle_;
  int parameter_ = 0;
  int bind_code_ = SQLITE_OK;
};

/// One connection to a database, owned. Has no lock of its own: one thread at a time.
class Connection {
 public:
  enum class Access { read_only, read_write };

  /// Opens an existing file; store_unavailable when that cannot be done. Nothing that the file
  /// itself could bring to run (triggers, views, functions in its schema) is allowed to.
  [[nodiscard]] static Result<Connection> open(const std::filesystem::path& file, Access access);

  /// For statements that are run many times.
  [[nodiscard]] Result<Statement> prepare(const char* sql) const;
  /// One after the other.
  [[nodiscard]] Result<std::vector<Statement>> prepare_all(
      std::span<const char* const> statements) const;
  /// Runs all statements in `sql`, dropping rows.
  [[nodiscard]] Status execute(const char* sql) const;
  /// The first column of the first row, as for most pragmas.
  [[nodiscard]] Result<std::int64_t> number(const char* sql) const;
  /// False after SQLite has rolled back by itself, which it does for some I/O errors.
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
