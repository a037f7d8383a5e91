#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>

#include "base/manual_clock.h"
#include "crypto/keys/live_keyring.h"
#include "crypto/keys/record_seal.h"
#include "crypto/random.h"
#include "tests/vault/storage/store_fixture.h"
#include "vault/storage/sqlite/sqlite_store.h"

namespace cardvault::test {
namespace {

namespace fs = std::filesystem;

constexpr auto kOwnerOnly = fs::perms::owner_read | fs::perms::owner_write;

void run_sql(const fs::path& file, const char* sql) {
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open(file.c_str(), &database) == SQLITE_OK);
  REQUIRE(sqlite3_exec(database, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(database);
}

Error opening_error(const fs::path& directory) {
  auto store = open_sqlite_store(directory);
  REQUIRE_FALSE(store);
  CHECK_FALSE(store.error().detail.empty());
  return store.error();
}

TEST_CASE("sqlite: the database and its side files have mode 0600 under any umask") {
  const TemporaryDirectory directory;
  const auto old_mask = ::umask(0);
  {
    const auto store = open_sqlite(directory.path());
    REQUIRE(must(store->commit(plain_commit(1, 0))) == CommitOutcome::committed);
    REQUIRE(must(store->load(wallet_id(1))));
    int files = 0;
    for (const auto& entry : fs::directory_iterator(directory.path())) {
      CAPTURE(entry.path().filename().string());
      CHECK(entry.status().permissions() == kOwnerOnly);
      ++files;
    }
    CHECK(files == 3);
  }
  ::umask(old_mask);
}

TEST_CASE("sqlite: opening a world-readable database sets mode 0600") {
  const TemporaryDirectory directory;
  (void)open_sqlite(directory.path());
  fs::permissions(directory.path() / "vault.db", fs::perms::all);
  const auto store = open_sqlite(directory.path());
  CHECK(fs::status(directory.path() / "vault.db").permissions() == kOwnerOnly);
}

TEST_CASE("sqlite: a newer schema is refused and unchanged") {
  const TemporaryDirectory directory;
  const auto file = directory.path() / "vault.db";
  (void)open_sqlite(directory.path());
  run_sql(file, "PRAGMA user_version = 999");
  const auto error = opening_error(directory.path());
  CHECK(error.code == ErrorCode::store_unavailable);
  CHECK(error.inside.text.find("newer") != std::string::npos);
  run_sql(file, "PRAGMA user_version = 1");
  CHECK(open_sqlite_store(directory.path()));
}

TEST_CASE("sqlite: a database of another program is refused and unchanged") {
  const TemporaryDirectory directory;
  const auto file = directory.path() / "vault.db";
  run_sql(file, "CREATE TABLE wallets (note TEXT); INSERT INTO wallets VALUES ('mine')");
  CHECK(opening_error(directory.path()).code == ErrorCode::store_unavailable);
  run_sql(file, "SELECT note FROM wallets");
}

TEST_CASE("sqlite: a missing directory is store_unavailable") {
  const TemporaryDirectory directory;
  const auto error = opening_error(directory.path() / "absent");
  CHECK(error.code == ErrorCode::store_unavailable);
  CHECK(error.retry_after);
}

/// True if this process is not root, or no longer root. False if root may not become another user.
bool drop_rights() {
  constexpr uid_t kNobody = 65534;
  return ::geteuid() != 0 || ::setresuid(kNobody, kNobody, kNobody) == 0;
}

/// Opens the directory as a user without the right to write there.
bool is_unavailable_without_rights(const fs::path& directory) {
  return in_child_process([&] {
    if (!drop_rights()) return false;
    const auto store = open_sqlite_store(directory);
    return !store && store.error().code == ErrorCode::store_unavailable;
  });
}

TEST_CASE("sqlite: a read-only directory is store_unavailable with and without a database") {
  constexpr auto kReadOnly = fs::perms::owner_read | fs::perms::owner_exec |
                             fs::perms::others_read | fs::perms::others_exec;
  if (!in_child_process(drop_rights)) SKIP("root may not become another user here");
  const TemporaryDirectory outer;
  fs::permissions(outer.path(), fs::perms::others_exec, fs::perm_options::add);
  const auto directory = outer.path() / "data";
  fs::create_directory(directory);
  fs::permissions(directory, kReadOnly);
  CHECK(is_unavailable_without_rights(directory));

  fs::permissions(directory, fs::perms::owner_all);
  (void)open_sqlite(directory);
  fs::permissions(directory / "vault.db", fs::perms::owner_read | fs::perms::others_read);
  fs::permissions(directory, kReadOnly);
  CHECK(is_unavailable_without_rights(directory));
  fs::permissions(directory, fs::perms::owner_all);
}

std::string contents_of_all_files(const fs::path& directory) {
  std::string all;
  for (const auto& entry : fs::directory_iterator(directory)) {
    std::ifstream file(entry.path(), std::ios::binary);
    all.append(std::istreambuf_iterator<char>(file), {});
  }
  return all;
}

TEST_CASE("sqlite: a stored sealed record opens and no file holds its plaintext") {
  REQUIRE(init_crypto());
  SystemRandom random;
  const FixedClock clock(at_second(0));
  const LiveKeyring keyring(Keyring::generate(at_second(0), random), clock);
  const RecordSealer sealer(keyring, random);
  const std::string secret = "the wallet of 4111111111111111";
  const auto owner = wallet_id(1).text();
  const RecordContext context{.kind = "wallet", .owner = owner, .field = ""};

  const TemporaryDirectory directory;
  auto store = open_sqlite(directory.path());
  auto change = plain_commit(1, 0);
  change.record = must(sealer.seal(Purpose::wallet_records, context, as_bytes(secret)));
  REQUIRE(must(store->commit(change)) == CommitOutcome::committed);
  const auto sealed = as_text(change.record.bytes());
  auto files = contents_of_all_files(directory.path());
  CHECK(files.find(sealed) != std::string::npos);
  CHECK(files.find(secret) == std::string::npos);
  CHECK(files.find("4111111111111111") == std::string::npos);
  CHECK(files.find(owner) == std::string::npos);

  store.reset();
  store = open_sqlite(directory.path());
  const auto loaded = must(store->load(wallet_id(1)));
  REQUIRE(loaded);
  CHECK(as_text(must(sealer.open(Purpose::wallet_records, context, loaded->record))) == secret);
}

TEST_CASE("sqlite: after deletion and close no file holds the PAN record") {
  const TemporaryDirectory directory;
  auto store = open_sqlite(directory.path());
  const auto pan = record(4242, 400);
  auto change = plain_commit(1, 0);
  change.put_pans = {{card_id(1), pan}};
  REQUIRE(must(store->commit(change)) == CommitOutcome::committed);
  CHECK(contents_of_all_files(directory.path()).find(as_text(pan.bytes())) != std::string::npos);
  change = plain_commit(1, 1);
  change.delete_pans = {card_id(1)};
  REQUIRE(must(store->commit(change)) == CommitOutcome::committed);
  store.reset();
  CHECK(contents_of_all_files(directory.path()).find(as_text(pan.bytes())) == std::string::npos);
}

TEST_CASE("sqlite: the write-ahead log stays small after many commits") {
  const TemporaryDirectory directory;
  const auto store = open_sqlite(directory.path());
  std::uintmax_t largest = 0;
  for (std::uint32_t n = 1; n <= 400; ++n) {
    auto change = plain_commit(n, 0);
    change.record = record(n, 60'000);
    REQUIRE(must(store->commit(change)) == CommitOutcome::committed);
    largest = std::max(largest, fs::file_size(directory.path() / "vault.db-wal"));
  }
  CHECK(fs::file_size(directory.path() / "vault.db") > (std::uintmax_t{20} << 20U));
  CHECK(largest < (std::uintmax_t{8} << 20U));
}

}  // namespace
}  // namespace cardvault::test
