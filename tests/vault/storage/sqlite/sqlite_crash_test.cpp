#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <iostream>
#include <thread>

#include "tests/vault/storage/store_fixture.h"
#include "vault/storage/sqlite/sqlite_store.h"

namespace cardvault::test {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t kCommitters = 4;
constexpr int kKills = 12;
using Versions = std::array<std::uint64_t, kCommitters>;

struct Acknowledgement {
  std::uint32_t wallet;
  std::uint64_t version;
};

IndexKey fingerprint_of(std::uint32_t n, std::uint64_t version) {
  return {IndexKind::pan_fingerprint, digest(n * 1'000'000 + static_cast<std::uint32_t>(version))};
}

/// Every part of the commit depends on its version.
Commit telling_commit(std::uint32_t n, std::uint64_t expected_version) {
  auto change = plain_commit(n, expected_version);
  const auto version = expected_version + 1;
  change.put_pans = {{card_id(1), change.record}};
  change.audit = {audit_row(version)};
  change.add_index = {fingerprint_of(n, version)};
  change.remove_index = {fingerprint_of(n, expected_version)};
  change.due = at_second(static_cast<std::int64_t>(version));
  return change;
}

void check_is_whole(WalletStore& store, std::uint32_t n, std::uint64_t acknowledged) {
  CAPTURE(n, acknowledged);
  const auto wallet = must(store.load(wallet_id(n)));
  const auto version = wallet ? wallet->version : 0;
  CHECK(version >= acknowledged);
  CHECK(version <= acknowledged + 1);
  CHECK(must(store.read_audit(wallet_id(n), 0, SIZE_MAX)).size() == version);
  CHECK(must(store.find(fingerprint_of(n, version + 1))).empty());
  if (version == 0) return;
  const auto expected = telling_commit(n, version - 1);
  CHECK((wallet->record == expected.record));
  CHECK((must(store.load_pan(wallet_id(n), card_id(1))) == expected.record));
  CHECK(must(store.find(fingerprint_of(n, version))) == std::vector{wallet_id(n)});
  CHECK(must(store.find(fingerprint_of(n, version - 1))).empty());
}

void commit_until_killed(WalletStore& store, std::uint32_t n, int acknowledgements) {
  const auto wallet = store.load(wallet_id(n));
  if (!wallet) return;
  for (std::uint64_t version = *wallet ? (*wallet)->version : 0;; ++version) {
    const auto outcome = store.commit(telling_commit(n, version));
    if (!outcome || *outcome != CommitOutcome::committed) return;
    const Acknowledgement done{.wallet = n, .version = version + 1};
    if (::write(acknowledgements, &done, sizeof done) != sizeof done) return;
  }
}

[[noreturn]] void run_committers(const fs::path& directory, int acknowledgements) {
  const auto store = open_sqlite_store(directory);
  if (!store) ::_exit(1);
  std::vector<std::thread> threads;
  for (std::uint32_t n = 0; n < kCommitters; ++n) {
    threads.emplace_back([&, n] { commit_until_killed(**store, n, acknowledgements); });
  }
  for (auto& thread : threads) thread.join();
  ::_exit(2);
}

/// Starts committers and kills them `delay` after their first acknowledged commit.
void kill_in_the_middle(const fs::path& directory, std::chrono::microseconds delay,
                        Versions& acknowledged) {
  int pipe_ends[2];
  REQUIRE(::pipe(pipe_ends) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::close(pipe_ends[0]);
    run_committers(directory, pipe_ends[1]);
  }
  ::close(pipe_ends[1]);
  Acknowledgement done{};
  bool killed = false;
  while (::read(pipe_ends[0], &done, sizeof done) == sizeof done) {
    acknowledged[done.wallet] = done.version;
    if (killed) continue;
    std::this_thread::sleep_for(delay);
    killed = ::kill(child, SIGKILL) == 0;
  }
  ::close(pipe_ends[0]);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));
}

TEST_CASE("sqlite: kill -9 during writes loses no acknowledged commit and leaves none partial") {
  const auto seed = seed_of_this_run();
  std::cout << "CARDVAULT_TEST_SEED=" << seed << '\n';
  INFO("replay with CARDVAULT_TEST_SEED=" << seed);
  std::mt19937_64 engine(seed);
  const TemporaryDirectory directory;
  Versions acknowledged{};
  for (int kill = 0; kill < kKills; ++kill) {
    kill_in_the_middle(directory.path(), std::chrono::microseconds(engine() % 60'000),
                       acknowledged);
    const auto store = open_sqlite(directory.path());
    for (std::uint32_t n = 0; n < kCommitters; ++n) {
      check_is_whole(*store, n, acknowledged[n]);
      const auto wallet = must(store->load(wallet_id(n)));
      acknowledged[n] = wallet ? wallet->version : 0;
    }
  }
}

bool limit_file_size(rlim_t bytes) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_FSIZE, &limit) != 0) return false;
  limit.rlim_cur = bytes;
  return ::setrlimit(RLIMIT_FSIZE, &limit) == 0;
}

constexpr std::uint32_t kFullDiskWallet = 1;

/// The number of commits until one is store_unavailable, or 0 if that does not happen.
std::uint64_t commit_until_full(WalletStore& store, std::uint64_t version) {
  for (; version < 10'000; ++version) {
    const auto outcome = store.commit(telling_commit(kFullDiskWallet, version));
    if (outcome && *outcome == CommitOutcome::committed) continue;
    const bool is_full = !outcome && outcome.error().code == ErrorCode::store_unavailable &&
                         outcome.error().retry_after.has_value();
    return is_full ? version : 0;
  }
  return 0;
}

bool is_at_version(WalletStore& store, std::uint64_t version) {
  const auto wallet = store.load(wallet_id(kFullDiskWallet));
  const auto audit = store.read_audit(wallet_id(kFullDiskWallet), 0, SIZE_MAX);
  return wallet && *wallet && (*wallet)->version == version && audit && audit->size() == version;
}

bool fills_and_recovers(const fs::path& directory, int report) {
  std::signal(SIGXFSZ, SIG_IGN);
  const auto opened = open_sqlite_store(directory);
  if (!opened) return false;
  WalletStore& store = **opened;
  std::uint64_t version = 0;
  for (int round = 0; round < 3; ++round) {
    if (!limit_file_size(fs::file_size(directory / "vault.db-wal") + 100'000)) return false;
    version = commit_until_full(store, version);
    if (version == 0 || !is_at_version(store, version)) return false;
    if (store.commit(telling_commit(kFullDiskWallet, version))) return false;
    if (!limit_file_size(RLIM_INFINITY)) return false;
    const auto again = store.commit(telling_commit(kFullDiskWallet, version));
    if (!again || *again != CommitOutcome::committed || !is_at_version(store, ++version)) {
      return false;
    }
  }
  return ::write(report, &version, sizeof version) == sizeof version;
}

TEST_CASE("sqlite: a full disk refuses commits, keeps the data and recovers") {
  const TemporaryDirectory directory;
  int pipe_ends[2];
  REQUIRE(::pipe(pipe_ends) == 0);
  (void)open_sqlite(directory.path());
  REQUIRE(in_child_process([&] { return fills_and_recovers(directory.path(), pipe_ends[1]); }));
  std::uint64_t version = 0;
  REQUIRE(::read(pipe_ends[0], &version, sizeof version) == sizeof version);
  ::close(pipe_ends[0]);
  ::close(pipe_ends[1]);
  const auto store = open_sqlite(directory.path());
  CHECK(must(store->load(wallet_id(kFullDiskWallet)))->version == version);
  check_is_whole(*store, kFullDiskWallet, version);
}

}  // namespace
}  // namespace cardvault::test
