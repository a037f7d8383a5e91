#include "vault/storage/sqlite/sqlite_snapshot.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <string>
#include <system_error>

namespace cardvault {
namespace {

Error refused(int error_number) {
  auto error =
      make_error(ErrorCode::store_unavailable, "The database cannot be used.",
                 OperatorText{"database file: " + std::system_category().message(error_number)});
  error.retry_after = std::chrono::seconds{1};
  return error;
}

Status cut_log(const Connection& writer) {
  const int code = sqlite3_wal_checkpoint_v2(writer.get(), nullptr, SQLITE_CHECKPOINT_TRUNCATE,
                                             nullptr, nullptr);
  if (code != SQLITE_OK) return fail(sqlite_error(code, writer.get()));
  return {};
}

/// Replaces the whole contents in one transaction.
Status replace_contents(const Connection& writer, const std::filesystem::path& file) {
  TRY_VALUE(const auto from, Connection::open(file, Connection::Access::read_only));
  sqlite3_backup* const copy = sqlite3_backup_init(writer.get(), "main", from.get(), "main");
  if (copy == nullptr) return fail(sqlite_error(sqlite3_errcode(writer.get()), writer.get()));
  (void)sqlite3_backup_step(copy, -1);
  const int code = sqlite3_backup_finish(copy);
  if (code != SQLITE_OK) return fail(sqlite_error(code, writer.get()));
  return {};
}

}  // namespace

Status create_database_file(const std::filesystem::path& file) {
  const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return fail(refused(errno));
  const int changed = ::fchmod(fd, 0600);
  const int error_number = errno;
  ::close(fd);
  if (changed != 0) return fail(refused(error_number));
  return {};
}

Status write_snapshot(const Connection& from, const std::filesystem::path& file) {
  // SQLite accepts an empty file and keeps its mode.
  TRY(create_database_file(file));
  TRY_VALUE(const auto statement, from.prepare("VACUUM INTO ?"));
  const std::string name = file.string();
  Query query(statement);
  return query.with_text(name).run();
}

Status compact_database(const Connection& writer, const std::filesystem::path& scratch) {
  std::error_code ignored;
  std::filesystem::remove(scratch, ignored);
  Status done = cut_log(writer);
  if (done) done = write_snapshot(writer, scratch);
  if (done) done = replace_contents(writer, scratch);
  if (done) done = cut_log(writer);
  std::filesystem::remove(scratch, ignored);
  return done;
}

}  // namespace cardvault
