#include <sqlite3.h>

#include <array>
#include <atomic>
#include <fstream>
#include <iterator>
#include <thread>

#include "tests/vault/storage/store_fixture.h"
#include "vault/storage/error_codes.h"
#include "vault/storage/sqlite/sqlite_archive.h"
#include "vault/storage/sqlite/sqlite_store.h"

namespace cardvault::test {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t kWallets = 120;

void write_bytes(const fs::path& file, std::uintmax_t offset, const Bytes& bytes) {
  std::fstream stream(file, std::ios::binary | std::ios::in | std::ios::out);
  stream.seekp(static_cast<std::streamoff>(offset));
  for (const auto byte : bytes) stream.put(static_cast<char>(byte));
  REQUIRE(stream.good());
}

Bytes garbage(std::uint32_t n, std::size_t size) {
  const auto made = record(n, size);
  return {made.bytes().begin(), made.bytes().end()};
}

void fill(const fs::path& directory) {
  const auto store = open_sqlite(directory);
  for (std::uint32_t n = 1; n <= kWallets; ++n) {
    auto change = plain_commit(n, 0);
    change.put_pans = {{card_id(n), record(n)}};
    change.audit = {audit_row(1), audit_row(2)};
    change.add_index = {{IndexKind::pan_fingerprint, digest(n % 5)}};
    change.due = at_second(n);
    REQUIRE(must(store->commit(change)) == CommitOutcome::committed);
  }
}

/// True unless the answer is an error that damage does not explain.
template <class T>
bool is_explained(const Result<T>& result) {
  return result || result.error().code == ErrorCode::record_corrupt ||
         result.error().code == ErrorCode::store_unavailable ||
         result.error().code == StorageError::audit_log_damaged ||
         result.error().code == ErrorCode::internal;
}

/// Uses every part of the store.
bool every_answer_is_explained(WalletStore& store) {
  bool explained = is_explained(store.health());
  for (std::uint32_t n = 1; n <= kWallets; ++n) {
    explained = explained && is_explained(store.load(wallet_id(n))) &&
                is_explained(store.load_pan(wallet_id(n), card_id(n))) &&
                is_explained(store.read_audit(wallet_id(n), 0, 10)) &&
                is_explained(store.find({IndexKind::pan_fingerprint, digest(n % 5)}));
  }
  explained = explained && is_explained(store.claim_due(at_second(50), Seconds(5), 100));
  for (std::uint32_t n = 1; n <= kWallets; n += 7) {
    auto change = plain_commit(n, 1);
    change.delete_pans = {card_id(n)};
    change.audit = {audit_row(3)};
    change.remove_index = {{IndexKind::pan_fingerprint, digest(n % 5)}};
    explained = explained && is_explained(store.commit(change));
  }
  return explained;
}

bool survives_use(const fs::path& directory) {
  return in_child_process([&] {
    const auto store = open_sqlite_store(directory);
    return store ? every_answer_is_explained(**store) : is_explained(store);
  });
}

TEST_CASE("sqlite: a file of random bytes is an error") {
  const TemporaryDirectory directory;
  std::ofstream(directory.path() / "vault.db");
  write_bytes(directory.path() / "vault.db", 0, garbage(1, 65536));
  const auto store = open_sqlite_store(directory.path());
  REQUIRE_FALSE(store);
  CHECK(store.error().code == ErrorCode::record_corrupt);
}

/// Runs `damage` on a copy of a filled database, then uses the copy.
template <class Damage>
bool survives(const fs::path& filled, const Damage& damage) {
  const TemporaryDirectory directory;
  const auto file = directory.path() / "vault.db";
  fs::copy_file(filled / "vault.db", file);
  damage(file);
  return survives_use(directory.path());
}

TEST_CASE("sqlite: flipped bytes anywhere in the file do not crash the store") {
  const TemporaryDirectory filled;
  fill(filled.path());
  for (std::uint32_t seed = 1; seed <= 30; ++seed) {
    CAPTURE(seed);
    CHECK(survives(filled.path(), [&](const fs::path& file) {
      std::mt19937_64 engine(seed);
      for (int flip = 0; flip < 20; ++flip) {
        const auto offset = engine() % (fs::file_size(file) - 64);
        const auto size = 1 + engine() % 64;
        write_bytes(file, offset, garbage(static_cast<std::uint32_t>(engine()), size));
      }
    }));
  }
}

constexpr std::uint32_t kCommitters = 16;

/// The number of kCommitters new wallets created while concurrent commits on a damaged one fail.
std::uint32_t commits_beside_damage(WalletStore& store, std::uint32_t damaged) {
  std::atomic<std::uint32_t> created{0};
  std::vector<std::thread> threads;
  for (std::uint32_t n = 0; n < kCommitters; ++n) {
    threads.emplace_back([&, n] {
      (void)store.commit(plain_commit(damaged, 1));
      const auto outcome = store.commit(plain_commit(1000 + n, 0));
      if (outcome && *outcome == CommitOutcome::committed) ++created;
    });
  }
  for (auto& thread : threads) thread.join();
  return created;
}

TEST_CASE("sqlite: a zeroed page is record_corrupt and other wallets go on") {
  const TemporaryDirectory directory;
  fill(directory.path());
  const auto file = directory.path() / "vault.db";
  std::ifstream stream(file, std::ios::binary);
  const std::string all(std::istreambuf_iterator<char>(stream), {});
  const auto target = plain_commit(40, 0).record;
  const auto place = all.find(as_text(target.bytes()));
  REQUIRE(place != std::string::npos);
  write_bytes(file, place / 4096 * 4096, Bytes(4096));

  const auto store = open_sqlite(directory.path());
  const auto damaged = store->load(wallet_id(40));
  REQUIRE_FALSE(damaged);
  CHECK(damaged.error().code == ErrorCode::record_corrupt);
  const auto commit = store->commit(plain_commit(40, 1));
  REQUIRE_FALSE(commit);
  CHECK(commit.error().code == ErrorCode::record_corrupt);
  CHECK(must(store->load(wallet_id(1))));
  CHECK(must(store->commit(plain_commit(1, 1))) == CommitOutcome::committed);
  CHECK(commits_beside_damage(*store, 40) == kCommitters);
}

void run_sql(const fs::path& file, const std::string& sql) {
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open(file.c_str(), &database) == SQLITE_OK);
  REQUIRE(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(database);
}

TEST_CASE("sqlite: numbers out of range are damage") {
  const TemporaryDirectory directory;
  fill(directory.path());
  const auto file = directory.path() / "vault.db";
  const auto archive = must(open_sqlite_archive(directory.path()));
  const auto store = must(open_sqlite_store(directory.path()));
  const auto due = [&](const std::string& ms) {
    run_sql(file, "UPDATE due SET at_ms = " + ms);
    return archive->export_wallets(std::array{wallet_id(1)});
  };
  CHECK(due("253402300799999"));
  CHECK(due("-253402300799999"));
  for (const char* ms : {"253402300800000", "9223372036854775807", "-9223372036854775807 - 1",
                         "-253402300800000", "9e30"}) {
    CAPTURE(ms);
    CHECK(due(ms).error().code == ErrorCode::record_corrupt);
  }
  for (const char* number : {"0", "-1", "-9223372036854775807 - 1", "'text'", "x'00'"}) {
    CAPTURE(number);
    run_sql(file, "UPDATE wallets SET version = " + std::string(number));
    CHECK(store->load(wallet_id(1)).error().code == ErrorCode::record_corrupt);
  }
  run_sql(file, "UPDATE audit SET seq = -seq");
  CHECK(store->read_audit(wallet_id(1), 0, 9).value().empty());
  CHECK(archive->export_wallets(std::array{wallet_id(1)}).error().code ==
        ErrorCode::record_corrupt);
}

TEST_CASE("sqlite: a truncated file does not crash the store") {
  const TemporaryDirectory filled;
  fill(filled.path());
  for (const unsigned percent : {0U, 1U, 20U, 50U, 80U, 99U}) {
    CAPTURE(percent);
    CHECK(survives(filled.path(), [&](const fs::path& file) {
      fs::resize_file(file, fs::file_size(file) * percent / 100);
    }));
  }
}

TEST_CASE("sqlite: a file truncated during use does not crash the store") {
  const TemporaryDirectory directory;
  fill(directory.path());
  CHECK(in_child_process([&] {
    const auto store = open_sqlite_store(directory.path());
    if (!store || !(*store)->load(wallet_id(1))) return false;
    fs::resize_file(directory.path() / "vault.db", 8192);
    return every_answer_is_explained(**store);
  }));
}

}  // namespace
}  // namespace cardvault::test
