#include <sqlite3.h>

#include <atomic>
#include <list>
#include <mutex>

#include "tests/support/captured_log.h"
#include "tests/support/soon.h"
#include "tests/vault/storage/store_fixture.h"
#include "vault/storage/sqlite/sqlite_store.h"

namespace cardvault::test {
namespace {

std::atomic<int> read_answer{SQLITE_OK};
std::atomic<int> write_answer{SQLITE_OK};
std::atomic<int> sync_answer{SQLITE_OK};

/// SQLite's own files with reads, writes and syncs that fail on request.
class FailingDisk {
 public:
  FailingDisk() {
    base_ = sqlite3_vfs_find(nullptr);
    vfs_ = *base_;
    vfs_.zName = "failing-disk";
    vfs_.xOpen = open;
    vfs_.pNext = nullptr;
    sqlite3_vfs_register(&vfs_, /*makeDflt=*/1);
  }

 private:
  /// `methods` is first, because an opened file points at it.
  struct Methods {
    sqlite3_io_methods methods;
    const sqlite3_io_methods* base;
  };

  static int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* opened) {
    const int code = base_->xOpen(base_, name, file, flags, opened);
    if (file->pMethods != nullptr) file->pMethods = failing(file->pMethods);
    return code;
  }
  /// A database and its side files have different methods.
  static const sqlite3_io_methods* failing(const sqlite3_io_methods* base) {
    const std::lock_guard lock(mutex_);
    for (const Methods& known : all_) {
      if (known.base == base) return &known.methods;
    }
    Methods& made = all_.emplace_back(*base, base);
    made.methods.xRead = read;
    made.methods.xWrite = write;
    made.methods.xSync = sync;
    return &made.methods;
  }
  /// All methods read, write and sync alike, and `file` already points at those of this test.
  static const sqlite3_io_methods& own() { return *all_.front().base; }

  static int read(sqlite3_file* file, void* to, int size, sqlite3_int64 at) {
    return read_answer != SQLITE_OK ? read_answer.load() : own().xRead(file, to, size, at);
  }
  static int write(sqlite3_file* file, const void* from, int size, sqlite3_int64 at) {
    return write_answer != SQLITE_OK ? write_answer.load() : own().xWrite(file, from, size, at);
  }
  static int sync(sqlite3_file* file, int flags) {
    return sync_answer != SQLITE_OK ? sync_answer.load() : own().xSync(file, flags);
  }

  static inline sqlite3_vfs* base_ = nullptr;
  static inline sqlite3_vfs vfs_{};
  static inline std::mutex mutex_;
  static inline std::list<Methods> all_;
};

/// Registered before any database of this program is opened.
const FailingDisk disk;

/// Makes the operation fail for its lifetime.
class Failing {
 public:
  Failing(std::atomic<int>& operation, int code) : operation_(operation) { operation_ = code; }
  ~Failing() { operation_ = SQLITE_OK; }
  Failing(const Failing&) = delete;
  Failing& operator=(const Failing&) = delete;

 private:
  std::atomic<int>& operation_;
};

template <class T>
bool is_unavailable(const Result<T>& result) {
  return !result && result.error().code == ErrorCode::store_unavailable &&
         result.error().retry_after;
}

void fill(WalletStore& store) {
  for (std::uint32_t n = 0; n < 300; ++n) {
    auto change = plain_commit(n, 0);
    change.record = record(n, 6000);
    REQUIRE(must(store.commit(change)) == CommitOutcome::committed);
  }
}

TEST_CASE("sqlite disk: a read error is store_unavailable and not damage") {
  const TemporaryDirectory directory;
  fill(*open_sqlite(directory.path()));
  const auto store = open_sqlite(directory.path());
  REQUIRE(must(store->load(wallet_id(1))));
  // The answer of the default VFS to EIO, and other failures.
  for (const int code : {SQLITE_IOERR_CORRUPTFS, SQLITE_IOERR_READ, SQLITE_CANTOPEN}) {
    CAPTURE(code);
    {
      const Failing failing(read_answer, code);
      CHECK(is_unavailable(store->load(wallet_id(250))));
      CHECK(is_unavailable(store->load_pan(wallet_id(250), card_id(1))));
      CHECK(is_unavailable(store->read_audit(wallet_id(250), 0, 1)));
      CHECK(is_unavailable(store->commit(plain_commit(250, 1))));
    }
    CHECK(must(store->load(wallet_id(250))));
    CHECK(soon([&] { return store->health().has_value(); }));
  }
  CHECK(must(store->commit(plain_commit(250, 1))) == CommitOutcome::committed);
}

TEST_CASE("sqlite disk: while writes or syncs fail health is an error and then recovers") {
  const TemporaryDirectory directory;
  const auto store = open_sqlite(directory.path());
  REQUIRE(must(store->commit(plain_commit(1, 0))) == CommitOutcome::committed);
  const CapturedLog log(log::Level::info);
  const auto check = [&](std::atomic<int>& operation, int code) {
    CAPTURE(code);
    {
      const Failing failing(operation, code);
      CHECK(is_unavailable(store->commit(plain_commit(2, 0))));
      CHECK(is_unavailable(store->health()));
      // Nothing is due, so nothing is written, and success does not prove a working disk.
      CHECK(must(store->claim_due(at_second(1), Seconds(60), 8)).empty());
      CHECK(is_unavailable(store->health()));
      CHECK(must(store->load(wallet_id(1))));
    }
    CHECK(soon([&] { return store->health().has_value(); }));
    CHECK_FALSE(must(store->load(wallet_id(2))));
  };
  check(write_answer, SQLITE_IOERR_WRITE);
  check(write_answer, SQLITE_FULL);
  check(write_answer, SQLITE_READONLY);
  check(sync_answer, SQLITE_IOERR_FSYNC);
  CHECK(log.text().find("store_writes_again") != std::string::npos);
  CHECK(must(store->commit(plain_commit(2, 0))) == CommitOutcome::committed);
}

}  // namespace
}  // namespace cardvault::test
