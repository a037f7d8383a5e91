#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <thread>

#include "tests/vault/storage/store_fixture.h"
#include "vault/storage/sqlite/sqlite_store.h"

namespace cardvault::test {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t kWallets = 300;

std::string contents_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// The contents of the n-th wallet in its first version, all replaced later. Their sizes differ, so
/// that pages are split and filled in many ways.
Commit first_version(std::uint32_t n) {
  auto change = plain_commit(n, 0);
  change.record = record(n, 200 + n % 7 * 300);
  change.put_pans = {{card_id(1), record(10'000 + n, 60 + n % 11 * 20)}};
  for (std::uint64_t seq = 1; seq <= 6; ++seq) {
    const auto number = 20'000 + n * 10 + static_cast<std::uint32_t>(seq);
    change.audit.push_back({.seq = seq, .record = record(number, 90 + n % 5 * 31), .link = {}});
  }
  return change;
}

Commit second_version(std::uint32_t n) {
  auto change = plain_commit(n, 1);
  change.record = record(50'000 + n, 200 + n % 5 * 500);
  change.delete_pans = {card_id(1)};
  change.rewrite_audit = true;
  for (std::uint64_t seq = 1; seq <= 6; ++seq) {
    const auto number = 60'000 + n * 10 + static_cast<std::uint32_t>(seq);
    change.audit.push_back({.seq = seq, .record = record(number, 200), .link = {}});
  }
  return change;
}

std::uint32_t shuffled(std::uint32_t n) {
  return n * 7919 % kWallets;
}

void fill(WalletStore& store) {
  for (std::uint32_t n = 0; n < kWallets; ++n) {
    REQUIRE(must(store.commit(first_version(shuffled(n)))) == CommitOutcome::committed);
  }
}

void replace(WalletStore& store) {
  for (std::uint32_t n = 0; n < kWallets; ++n) {
    REQUIRE(must(store.commit(second_version(n))) == CommitOutcome::committed);
  }
}

/// The number of replaced records of which a part is found.
std::size_t left_of_first_version(const std::string& bytes) {
  constexpr std::size_t kPart = 24;
  std::size_t found = 0;
  const auto look_for = [&](const SealedRecord& record) {
    // The end, because the beginning may be on a page shared with another part.
    const auto text = as_text(record.bytes());
    if (bytes.find(text.substr(text.size() - kPart)) != std::string::npos) ++found;
  };
  for (std::uint32_t n = 0; n < kWallets; ++n) {
    const auto change = first_version(n);
    look_for(change.record);
    look_for(change.put_pans.front().second);
    for (const auto& row : change.audit) look_for(row.record);
  }
  return found;
}

TEST_CASE("sqlite: after compact no file holds deleted or overwritten records") {
  const TemporaryDirectory directory;
  const auto store = open_sqlite(directory.path());
  fill(*store);
  replace(*store);
  const auto left = [&] {
    std::size_t all = 0;
    for (const auto& entry : fs::directory_iterator(directory.path())) {
      all += left_of_first_version(contents_of(entry.path()));
    }
    return all;
  };
  CHECK(left() > 0);
  must(store->compact());
  CHECK(left() == 0);
  CHECK(fs::file_size(directory.path() / "vault.db-wal") == 0);
  std::vector<std::string> files;
  for (const auto& entry : fs::directory_iterator(directory.path())) {
    files.push_back(entry.path().filename());
    CHECK(entry.status().permissions() == (fs::perms::owner_read | fs::perms::owner_write));
  }
  std::ranges::sort(files);
  CHECK(files == std::vector<std::string>{"vault.db", "vault.db-shm", "vault.db-wal"});
  for (std::uint32_t n = 0; n < kWallets; ++n) {
    CHECK((must(store->load(wallet_id(n)))->record == second_version(n).record));
  }
}

TEST_CASE("sqlite: commits and reads during compact do not fail") {
  const TemporaryDirectory directory;
  const auto store = open_sqlite(directory.path());
  fill(*store);
  std::atomic<bool> stopping{false};
  std::atomic<std::uint64_t> commits{0};
  std::atomic<int> failures{0};
  std::vector<std::jthread> threads;
  for (std::uint32_t n = 1; n <= 4; ++n) {
    threads.emplace_back([&, n] {
      for (std::uint64_t version = 1; !stopping; ++version) {
        const auto outcome = store->commit(plain_commit(n, version));
        const auto loaded = store->load(wallet_id(n));
        if (!outcome || *outcome != CommitOutcome::committed) ++failures;
        if (!loaded || (*loaded)->version != version + 1) ++failures;
        ++commits;
      }
    });
  }
  std::thread other([&] { must(store->compact()); });
  for (int i = 0; i < 10; ++i) {
    const std::uint64_t before = commits;
    must(store->compact());
    while (commits < before + 4) std::this_thread::yield();
  }
  other.join();
  stopping = true;
  threads.clear();
  CHECK(failures == 0);
}

TEST_CASE("sqlite: compact during a long read is unavailable and the store goes on") {
  const TemporaryDirectory directory;
  const auto store = open_sqlite(directory.path());
  fill(*store);
  sqlite3* reader = nullptr;
  REQUIRE(sqlite3_open((directory.path() / "vault.db").c_str(), &reader) == SQLITE_OK);
  const char* const look = "BEGIN; SELECT count(*) FROM wallets";
  REQUIRE(sqlite3_exec(reader, look, nullptr, nullptr, nullptr) == SQLITE_OK);
  replace(*store);
  const auto refused = store->compact();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::store_unavailable);
  CHECK(refused.error().retry_after);
  CHECK(must(store->commit(plain_commit(1, 2))) == CommitOutcome::committed);
  sqlite3_close(reader);
  must(store->compact());
  CHECK(left_of_first_version(contents_of(directory.path() / "vault.db")) == 0);
}

/// Compacts repeatedly until the process is killed, `delay` after its start.
void kill_while_compacting(const fs::path& directory, std::chrono::microseconds delay) {
  int pipe_ends[2];
  REQUIRE(::pipe(pipe_ends) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const auto store = open_sqlite_store(directory);
    if (!store || ::write(pipe_ends[1], "x", 1) != 1) ::_exit(1);
    while ((*store)->compact()) {
    }
    ::_exit(2);
  }
  ::close(pipe_ends[1]);
  char begun = 0;
  REQUIRE(::read(pipe_ends[0], &begun, 1) == 1);
  ::close(pipe_ends[0]);
  std::this_thread::sleep_for(delay);
  REQUIRE(::kill(child, SIGKILL) == 0);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WIFSIGNALED(status));
}

TEST_CASE("sqlite: kill -9 during compact loses no data and leaves no temporary file") {
  const auto seed = seed_of_this_run();
  std::cout << "CARDVAULT_TEST_SEED=" << seed << '\n';
  INFO("replay with CARDVAULT_TEST_SEED=" << seed);
  std::mt19937_64 engine(seed);
  const TemporaryDirectory directory;
  fill(*open_sqlite(directory.path()));
  for (int kill = 0; kill < 12; ++kill) {
    kill_while_compacting(directory.path(), std::chrono::microseconds(engine() % 60'000));
    const auto store = open_sqlite(directory.path());
    CHECK_FALSE(fs::exists(directory.path() / "vault.db.compact"));
    for (std::uint32_t n = 0; n < kWallets; ++n) {
      const auto expected = first_version(n);
      CHECK((must(store->load(wallet_id(n)))->record == expected.record));
      CHECK(must(store->read_audit(wallet_id(n), 0, 99)).size() == expected.audit.size());
    }
  }
}

}  // namespace
}  // namespace cardvault::test
