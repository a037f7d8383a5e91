#include "vault/storage/copy/backup.h"

#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <catch2/catch_template_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <csignal>
#include <fstream>
#include <iterator>
#include <thread>

#include "tests/vault/storage/archive_fixture.h"
#include "tests/vault/storage/hooked_archive.h"
#include "vault/storage/sqlite/sqlite_store.h"

namespace cardvault::test {
namespace {

namespace fs = std::filesystem;
using enum IndexKind;

constexpr std::uint32_t kWallets = 150;
constexpr std::uint32_t kBusyWallets = 40;
using Versions = std::array<std::uint64_t, kBusyWallets>;

std::string contents_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

void write(const fs::path& file, std::string_view bytes) {
  std::ofstream(file, std::ios::binary) << bytes;
}

std::vector<std::string> files_in(const fs::path& directory) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(directory)) {
    names.push_back(entry.path().filename());
  }
  std::ranges::sort(names);
  return names;
}

StoreTally tally_of(WalletArchive& archive) {
  return must(tally_store(archive, 2, [](auto, auto) {}));
}

template <class T>
bool is_refused(const Result<T>& result, ErrorCode code, std::string_view why) {
  if (result) return false;
  UNSCOPED_INFO(result.error().code.name << ": " << result.error().detail);
  return result.error().code == code && result.error().detail.find(why) != std::string::npos;
}

void put_records(WalletArchive& archive) {
  must(archive.import_vault_record(VaultRecord::keyring, {.version = 2, .record = record(501)}));
  must(archive.import_vault_record(VaultRecord::clients, {.version = 5, .record = record(502)}));
}

void fill(WalletArchive& archive) {
  std::vector<WalletImage> images;
  std::vector<IndexEntry> entries;
  for (std::uint32_t n = 0; n < kWallets; ++n) {
    images.push_back(image(n));
    entries.push_back(entry(subject, n, n));
    entries.push_back(entry(pan_fingerprint, n % 50, n));
  }
  must(archive.import_wallets(images));
  must(archive.import_index(entries));
  put_records(archive);
}

/// A vault in a directory, to be backed up into a file in another one.
struct Made {
  SqliteArchiveAdapter vault;
  TemporaryDirectory elsewhere;
  fs::path file = elsewhere.path() / "vault.backup";

  Made() { fill(*vault.archive()); }
  [[nodiscard]] Status back_up() const { return backup_database(vault.directory.path(), file); }
};

/// Every part of a busy wallet depends on its version.
IndexKey card_of(std::uint32_t n, std::uint64_t version) {
  return {pan_fingerprint, digest(n * 1'000'000 + static_cast<std::uint32_t>(version))};
}

Commit telling_commit(std::uint32_t n, std::uint64_t expected_version) {
  auto change = plain_commit(n, expected_version);
  const auto version = expected_version + 1;
  change.put_pans = {{card_id(1), change.record}};
  change.audit = {audit_row(version)};
  change.add_index = {card_of(n, version)};
  change.remove_index = {card_of(n, expected_version)};
  change.due = at_second(static_cast<std::int64_t>(version));
  return change;
}

enum class Index : std::uint8_t { exact, may_differ };

/// Checks that every wallet is whole and not older than its acknowledged version.
void check_is_whole(WalletStore& store, const Versions& acknowledged, Index index) {
  for (std::uint32_t n = 0; n < kBusyWallets; ++n) {
    CAPTURE(n, acknowledged[n]);
    const auto wallet = must(store.load(wallet_id(n)));
    const auto version = wallet ? wallet->version : 0;
    CHECK(version >= acknowledged[n]);
    if (version == 0) continue;
    const auto expected = telling_commit(n, version - 1);
    CHECK((wallet->record == expected.record));
    CHECK((must(store.load_pan(wallet_id(n), card_id(1))) == expected.record));
    CHECK(must(store.read_audit(wallet_id(n), 0, SIZE_MAX)).size() == version);
    if (index == Index::may_differ) continue;
    CHECK(must(store.find(card_of(n, version))) == std::vector{wallet_id(n)});
    CHECK(must(store.find(card_of(n, version - 1))).empty());
  }
}

/// A process that commits to all wallets in turn and reports on a pipe, until it is killed.
class Server {
 public:
  explicit Server(const fs::path& directory) {
    REQUIRE(::pipe(pipe_.data()) == 0);
    child_ = ::fork();
    REQUIRE(child_ >= 0);
    if (child_ == 0) serve(directory);
  }
  ~Server() {
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
    for (const int end : pipe_) ::close(end);
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Reads `count` more acknowledgements.
  void follow(int count, Versions& acknowledged) const {
    for (int i = 0; i < count; ++i) {
      std::uint32_t wallet = 0;
      REQUIRE(::read(pipe_[0], &wallet, sizeof wallet) == sizeof wallet);
      ++acknowledged.at(wallet);
    }
  }

 private:
  [[noreturn]] void serve(const fs::path& directory) const {
    const auto store = open_sqlite_store(directory);
    if (!store) ::_exit(1);
    for (std::uint64_t version = 0;; ++version) {
      for (std::uint32_t n = 0; n < kBusyWallets; ++n) {
        const auto done = (*store)->commit(telling_commit(n, version));
        if (!done || *done != CommitOutcome::committed) ::_exit(2);
        if (::write(pipe_[1], &n, sizeof n) != sizeof n) ::_exit(3);
      }
    }
  }

  std::array<int, 2> pipe_{};
  pid_t child_ = -1;
};

TEST_CASE("backup: a backup taken while another process commits holds all acknowledged commits") {
  const SqliteArchiveAdapter vault;
  put_records(*vault.archive());
  const TemporaryDirectory elsewhere;
  const Server server(vault.directory.path());
  Versions acknowledged{};
  for (const char* name : {"one", "two", "three"}) {
    server.follow(100, acknowledged);
    const fs::path file = elsewhere.path() / name;
    must(backup_database(vault.directory.path(), file));
    const SqliteArchiveAdapter restored;
    must(restore_database(file, restored.directory.path()));
    check_is_whole(*restored.store(), acknowledged, Index::exact);
  }
}

TEST_CASE("backup: a backup of Redis during commits has every wallet whole") {
  const RedisArchiveAdapter redis;
  put_records(*redis.archive());
  std::array<std::atomic<std::uint64_t>, kBusyWallets> versions{};
  std::atomic<std::uint64_t> commits{0};
  const TemporaryDirectory elsewhere;
  const fs::path file = elsewhere.path() / "file";
  Versions acknowledged{};
  {
    const auto store = redis.store();
    const std::jthread server([&](const std::stop_token& stopping) {
      for (std::uint64_t version = 0; !stopping.stop_requested(); ++version) {
        for (std::uint32_t n = 0; n < kBusyWallets; ++n) {
          if (store->commit(telling_commit(n, version)) == CommitOutcome::committed) {
            versions.at(n) = version + 1;
          }
          ++commits;
        }
      }
    });
    while (commits < 100) std::this_thread::yield();
    std::ranges::copy(versions, acknowledged.begin());
    const auto archive = redis.archive();
    const auto tally = must(backup_archive(*archive, file));
    CHECK(tally.wallets == kBusyWallets);
    CHECK(tally.pan_records == kBusyWallets);
    const auto before = commits.load();
    while (commits < before + 10) std::this_thread::yield();
  }
  const SqliteArchiveAdapter restored;
  must(restore_database(file, restored.directory.path()));
  check_is_whole(*restored.store(), acknowledged, Index::may_differ);
}

TEST_CASE("backup: in a backup of a store in use every card of a wallet is in the index") {
  const MemoryArchiveAdapter memory;
  const auto store = memory.store();
  const auto inner = memory.archive();
  put_records(*inner);
  const auto commit = [&](std::uint32_t n, std::uint64_t version) {
    REQUIRE(must(store->commit(telling_commit(n, version))) == CommitOutcome::committed);
  };
  commit(1, 0);
  commit(2, 0);
  HookedArchive source(*inner);
  int asked = 0;
  // The calls are: keyring, wallets, index, then the wallets' contents, then index, clients,
  // keyring.
  constexpr int kWalletsAreRead = 4;
  source.before = [&]() -> Status {
    ++asked;
    if (asked == kWalletsAreRead) commit(1, 1);
    if (asked == kWalletsAreRead + 1) {
      commit(2, 1);
      commit(3, 0);
    }
    return {};
  };
  const TemporaryDirectory elsewhere;
  must(backup_archive(source, elsewhere.path() / "file"));
  const SqliteArchiveAdapter restored;
  must(restore_database(elsewhere.path() / "file", restored.directory.path()));
  const auto copy = restored.store();
  CHECK(must(copy->load(wallet_id(1)))->version == 2);
  CHECK(must(copy->find(card_of(1, 2))) == std::vector{wallet_id(1)});
  CHECK(must(copy->load(wallet_id(2)))->version == 1);
  CHECK(must(copy->find(card_of(2, 1))) == std::vector{wallet_id(2)});
  CHECK_FALSE(must(copy->load(wallet_id(3))));
  CHECK(must(copy->find(card_of(3, 1))).empty());
}

TEST_CASE("backup: a keyring changed during the backup is an error and leaves no file") {
  const MemoryArchiveAdapter memory;
  const auto inner = memory.archive();
  fill(*inner);
  HookedArchive source(*inner);
  bool changed = false;
  source.before = [&]() -> Status {
    if (std::exchange(changed, true)) return {};
    return inner->import_vault_record(VaultRecord::keyring, {.version = 3, .record = record(9)});
  };
  const TemporaryDirectory elsewhere;
  const fs::path file = elsewhere.path() / "file";
  SECTION("a change before the first read is no error") {
    must(backup_archive(source, file));
  }
  SECTION("a change after the first read") {
    int asked = 0;
    source.before = [&]() -> Status {
      if (++asked != 2) return {};
      return inner->import_vault_record(VaultRecord::keyring, {.version = 3, .record = record(9)});
    };
    CHECK(is_refused(backup_archive(source, file), ErrorCode::write_conflict, "keyring"));
    CHECK(files_in(elsewhere.path()).empty());
  }
}

TEST_CASE("backup: a source that fails at any point leaves no file") {
  const MemoryArchiveAdapter memory;
  const auto inner = memory.archive();
  fill(*inner);
  HookedArchive source(*inner);
  const TemporaryDirectory elsewhere;
  const fs::path file = elsewhere.path() / "file";
  int failures = 0;
  for (int fails_at = 1;; ++fails_at) {
    std::atomic<int> asked{0};
    source.before = [&]() -> Status {
      if (++asked < fails_at) return {};
      return fail(ErrorCode::store_unavailable, "gone");
    };
    if (backup_archive(source, file)) break;
    ++failures;
    CHECK(files_in(elsewhere.path()).empty());
  }
  CHECK(failures > 5);
  CHECK(files_in(elsewhere.path()) == std::vector<std::string>{"file"});
}

TEST_CASE("backup: a backup is one private file in a plain format and replaces a partial file") {
  const Made made;
  const fs::path part = made.file.string() + ".part";
  write(part, std::string(10'000, 'x'));
  SECTION("of a directory") {
    must(made.back_up());
  }
  SECTION("of an archive") {
    const auto archive = made.vault.archive();
    CHECK((must(backup_archive(*archive, made.file)) == tally_of(*archive)));
  }
  CHECK(files_in(made.elsewhere.path()) == std::vector<std::string>{"vault.backup"});
  CHECK(fs::status(made.file).permissions() == (fs::perms::owner_read | fs::perms::owner_write));
  const std::string header = contents_of(made.file).substr(0, 20);
  CHECK(header.starts_with("SQLite format 3"));
  CHECK(header.substr(18) == "\x01\x01");
}

TEST_CASE("backup: an existing file is not overwritten") {
  const Made made;
  write(made.file, "precious");
  CHECK(is_refused(made.back_up(), ErrorCode::write_conflict, "already exists"));
  const auto archive = made.vault.archive();
  CHECK(
      is_refused(backup_archive(*archive, made.file), ErrorCode::write_conflict, "already exists"));
  CHECK(contents_of(made.file) == "precious");
  CHECK(files_in(made.elsewhere.path()).size() == 1);
}

TEST_CASE("backup: an impossible source or target is refused") {
  const Made made;
  const TemporaryDirectory empty;
  CHECK(is_refused(backup_database(empty.path(), made.file), ErrorCode::store_unavailable,
                   "There is no"));
  write(empty.path() / "vault.db", "no database at all");
  CHECK(is_refused(backup_database(empty.path(), made.file), ErrorCode::record_corrupt,
                   "not the database of a vault"));
  CHECK(files_in(made.elsewhere.path()).empty());
  CHECK(is_refused(backup_database(made.vault.directory.path(), empty.path() / "no" / "file"),
                   ErrorCode::store_unavailable, ""));
}

TEST_CASE("backup: a backup of a directory holds no deleted records") {
  const SqliteArchiveAdapter vault;
  const auto store = vault.store();
  auto change = plain_commit(1, 0);
  change.put_pans = {{card_id(1), record(4711)}};
  REQUIRE(must(store->commit(change)) == CommitOutcome::committed);
  change = plain_commit(1, 1);
  change.delete_pans = {card_id(1)};
  REQUIRE(must(store->commit(change)) == CommitOutcome::committed);
  const TemporaryDirectory elsewhere;
  must(backup_database(vault.directory.path(), elsewhere.path() / "file"));
  const auto shredded = record(4711);
  const auto kept = plain_commit(1, 1).record;
  const std::string bytes = contents_of(elsewhere.path() / "file");
  CHECK(bytes.find(as_text(shredded.bytes())) == std::string::npos);
  CHECK(bytes.find(as_text(kept.bytes())) != std::string::npos);
}

TEMPLATE_TEST_CASE("restore: a restored store has the contents of the backup", "",
                   MemoryArchiveAdapter, SqliteArchiveAdapter, RedisArchiveAdapter) {
  const TemporaryDirectory elsewhere;
  const fs::path file = elsewhere.path() / "file";
  StoreTally before;
  {
    const TestType lost;
    const auto archive = lost.archive();
    fill(*archive);
    before = must(backup_archive(*archive, file));
    CHECK((tally_of(*archive) == before));
  }
  CHECK(before.wallets == kWallets);
  CHECK(before.index_entries == 2 * kWallets);
  const TestType restored;
  {
    const auto archive = restored.archive();
    CHECK((must(restore_archive(file, *archive)) == before));
    CHECK((tally_of(*archive) == before));
    CHECK(must(archive->load_vault_record(VaultRecord::keyring))->version == 2);
    CHECK((must(archive->load_vault_record(VaultRecord::clients))->record == record(502)));
  }
  const auto store = restored.store();
  CHECK(must(store->find({subject, digest(9)})) == std::vector{wallet_id(9)});
  CHECK(must(store->commit(plain_commit(9, 3))) == CommitOutcome::committed);
  CHECK(files_in(elsewhere.path()) == std::vector<std::string>{"file"});
}

TEST_CASE("restore: a restored directory has the contents of the backup and opens as a store") {
  const Made made;
  must(made.back_up());
  const SqliteArchiveAdapter restored;
  write(restored.directory.path() / "vault.db.part", "left over");
  must(restore_database(made.file, restored.directory.path()));
  CHECK(files_in(restored.directory.path()) == std::vector<std::string>{"vault.db"});
  CHECK(fs::status(restored.directory.path() / "vault.db").permissions() ==
        (fs::perms::owner_read | fs::perms::owner_write));
  CHECK((tally_of(*restored.archive()) == tally_of(*made.vault.archive())));
  const auto store = restored.store();
  CHECK(must(store->claim_due(at_second(1000), Seconds(9), 1000)).size() == kWallets / 2);
  CHECK(must(store->commit(plain_commit(9, 3))) == CommitOutcome::committed);
}

/// Checks that the file is refused and leaves nothing, in a directory and in a store.
void check_refused(const fs::path& file, ErrorCode code, std::string_view why) {
  const TemporaryDirectory directory;
  CHECK(is_refused(restore_database(file, directory.path()), code, why));
  CHECK(files_in(directory.path()).empty());
  const MemoryArchiveAdapter memory;
  const auto archive = memory.archive();
  CHECK(is_refused(restore_archive(file, *archive), code, why));
  CHECK(tally_of(*archive).wallets == 0);
  CHECK_FALSE(must(archive->load_vault_record(VaultRecord::keyring)));
}

TEST_CASE("restore: a truncated, damaged or foreign file is refused and leaves nothing") {
  const Made made;
  must(made.back_up());
  const std::string whole = contents_of(made.file);
  const fs::path file = made.elsewhere.path() / "bad";
  SECTION("a truncated file") {
    const std::size_t size = GENERATE(1U, 100U, 4096U, 40'000U);
    REQUIRE(size < whole.size());
    for (const std::size_t kept : {size, whole.size() - size}) {
      CAPTURE(kept);
      write(file, whole.substr(0, kept));
      check_refused(file, ErrorCode::record_corrupt, "");
    }
  }
  SECTION("an overwritten page") {
    std::string bytes = whole;
    bytes.replace(8192, 4096, std::string(4096, '\x5a'));
    write(file, bytes);
    check_refused(file, ErrorCode::record_corrupt, "is damaged");
  }
  SECTION("a wallet missing from its table's index") {
    std::string bytes = whole;
    const auto id = wallet_id(9);
    const auto at = bytes.find(as_text(id.bits().bytes));
    REQUIRE(at != std::string::npos);
    bytes[at] = static_cast<char>(bytes[at] ^ 1);
    write(file, bytes);
    check_refused(file, ErrorCode::record_corrupt, file.string() + " is damaged");
  }
  SECTION("an empty file") {
    write(file, "");
    check_refused(file, ErrorCode::record_corrupt, "not the database of a vault");
  }
  SECTION("a text file") {
    write(file, std::string(9000, 'x'));
    check_refused(file, ErrorCode::record_corrupt, "not the database of a vault");
  }
  SECTION("a database of another program") {
    sqlite3* other = nullptr;
    REQUIRE(sqlite3_open(file.c_str(), &other) == SQLITE_OK);
    REQUIRE(sqlite3_exec(other, "CREATE TABLE wallets (id)", nullptr, nullptr, nullptr) ==
            SQLITE_OK);
    sqlite3_close(other);
    check_refused(file, ErrorCode::record_corrupt, "not the database of a vault");
  }
  SECTION("a database of a newer version") {
    write(file, whole);
    sqlite3* newer = nullptr;
    REQUIRE(sqlite3_open(file.c_str(), &newer) == SQLITE_OK);
    REQUIRE(sqlite3_exec(newer, "PRAGMA user_version = 99", nullptr, nullptr, nullptr) ==
            SQLITE_OK);
    sqlite3_close(newer);
    check_refused(file, ErrorCode::internal, "newer version");
  }
  SECTION("a missing file") {
    check_refused(file, ErrorCode::store_unavailable, "There is no");
  }
}

TEST_CASE("restore: existing data are never overwritten") {
  const Made made;
  must(made.back_up());
  SECTION("a database") {
    const TemporaryDirectory directory;
    write(directory.path() / "vault.db", "precious");
    CHECK(is_refused(restore_database(made.file, directory.path()), ErrorCode::write_conflict,
                     "already exists"));
    CHECK(contents_of(directory.path() / "vault.db") == "precious");
    CHECK(files_in(directory.path()).size() == 1);
  }
  SECTION("a log left by a removed database") {
    const TemporaryDirectory directory;
    write(directory.path() / "vault.db-wal", "precious");
    CHECK(is_refused(restore_database(made.file, directory.path()), ErrorCode::write_conflict,
                     "that another database left"));
    CHECK(files_in(directory.path()) == std::vector<std::string>{"vault.db-wal"});
  }
  SECTION("a store with a vault") {
    const auto archive = made.vault.archive();
    CHECK(is_refused(restore_archive(made.file, *archive), ErrorCode::write_conflict,
                     "already holds a vault"));
  }
  SECTION("a store with other wallets") {
    const MemoryArchiveAdapter memory;
    const auto archive = memory.archive();
    must(archive->import_wallets(std::vector{image(kWallets + 1)}));
    CHECK(is_refused(restore_archive(made.file, *archive), ErrorCode::write_conflict,
                     "does not have"));
    CHECK(tally_of(*archive).wallets == 1);
  }
}

TEST_CASE("restore: a retry completes an interrupted restore") {
  const Made made;
  must(made.back_up());
  const MemoryArchiveAdapter memory;
  const auto inner = memory.archive();
  HookedArchive archive(*inner);
  std::atomic<int> asked{0};
  archive.before = [&]() -> Status {
    return ++asked < 8 ? Status{} : fail(ErrorCode::store_unavailable, "gone");
  };
  REQUIRE_FALSE(restore_archive(made.file, archive));
  CHECK_FALSE(must(inner->load_vault_record(VaultRecord::keyring)));
  CHECK((must(restore_archive(made.file, *inner)) == tally_of(*made.vault.archive())));
}

}  // namespace
}  // namespace cardvault::test
