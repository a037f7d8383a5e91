#include <algorithm>
#include <atomic>
#include <fstream>
#include <string>
#include <thread>

#include "tests/support/captured_log.h"
#include "tests/support/soon.h"
#include "tests/vault/storage/store_fixture.h"
#include "vault/storage/sqlite/sqlite_store.h"

namespace cardvault::test {
namespace {

namespace fs = std::filesystem;

template <class T>
bool is_unavailable(const Result<T>& result) {
  return !result && result.error().code == ErrorCode::store_unavailable &&
         result.error().retry_after;
}

bool is_committed(const Result<CommitOutcome>& outcome) {
  return outcome && *outcome == CommitOutcome::committed;
}

/// A store in its own directory with one wallet that was read.
struct Used {
  TemporaryDirectory outer;
  fs::path directory = outer.path() / "data";
  std::unique_ptr<WalletStore> store;

  Used() {
    fs::create_directory(directory);
    std::ofstream(directory / "lock").close();
    store = open_sqlite(directory);
    REQUIRE(is_committed(store->commit(plain_commit(1, 0))));
    REQUIRE(must(store->load(wallet_id(1))));
  }
  [[nodiscard]] fs::path file(const char* name) const { return directory / name; }
};

/// Checks that writes fail and acknowledged data are still served.
void check_lost(Used& used) {
  CHECK(is_unavailable(used.store->commit(plain_commit(1, 1))));
  CHECK(is_unavailable(used.store->commit(plain_commit(2, 0))));
  CHECK(is_unavailable(used.store->save_vault_record(VaultRecord::clients, 0, record(1))));
  CHECK(is_unavailable(used.store->claim_due(at_second(9), Seconds(5), 10)));
  CHECK(is_unavailable(used.store->health()));
  CHECK(must(used.store->load(wallet_id(1)))->version == 1);
}

void check_back(Used& used) {
  CHECK(is_committed(used.store->commit(plain_commit(1, 1))));
  CHECK(used.store->health());
  used.store.reset();
  used.store = open_sqlite(used.directory);
  CHECK(must(used.store->load(wallet_id(1)))->version == 2);
}

TEST_CASE("sqlite loss: while a file is moved away commits fail") {
  for (const char* name : {"vault.db", "vault.db-wal", "vault.db-shm", "lock"}) {
    CAPTURE(name);
    Used used;
    fs::rename(used.file(name), used.outer.path() / "elsewhere");
    check_lost(used);
    fs::rename(used.outer.path() / "elsewhere", used.file(name));
    check_back(used);
  }
}

TEST_CASE("sqlite loss: while the directory is moved away commits fail") {
  Used used;
  fs::rename(used.directory, used.outer.path() / "elsewhere");
  check_lost(used);
  fs::rename(used.outer.path() / "elsewhere", used.directory);
  check_back(used);
}

TEST_CASE("sqlite loss: files of another vault in its place are neither read nor written") {
  Used used;
  Used other;
  REQUIRE(is_committed(other.store->commit(plain_commit(7, 0))));
  other.store.reset();
  fs::rename(used.directory, used.outer.path() / "elsewhere");
  fs::rename(other.directory, used.directory);
  check_lost(used);
  std::vector<std::jthread> readers;
  std::atomic<int> found{0};
  for (int i = 0; i < 16; ++i) {
    readers.emplace_back([&] {
      for (int n = 0; n < 50; ++n) found += used.store->load(wallet_id(7)).value().has_value();
    });
  }
  readers.clear();
  CHECK(found == 0);
  other.store = open_sqlite(used.directory);
  CHECK(must(other.store->load(wallet_id(1)))->version == 1);
  CHECK_FALSE(must(other.store->load(wallet_id(2))));
}

TEST_CASE(
    "sqlite loss: a truncated database or log accepts no more commits, even if it grows back") {
  for (const char* name : {"vault.db", "vault.db-wal"}) {
    CAPTURE(name);
    Used used;
    const auto size = fs::file_size(used.file(name));
    fs::resize_file(used.file(name), size / 2);
    CHECK(is_unavailable(used.store->commit(plain_commit(2, 0))));
    fs::resize_file(used.file(name), size);
    CHECK(is_unavailable(used.store->commit(plain_commit(2, 0))));
    CHECK(is_unavailable(used.store->health()));
    CHECK(is_unavailable(used.store->compact()));
  }
}

TEST_CASE("sqlite loss: checkpoints and compact are not mistaken for a truncated file") {
  Used used;
  for (int round = 0; round < 3; ++round) {
    for (std::uint32_t n = 0; n < 60; ++n) {
      auto change = plain_commit(100 + n, static_cast<std::uint64_t>(round));
      change.record = record(n, 200'000);
      REQUIRE(is_committed(used.store->commit(change)));
    }
    REQUIRE(used.store->compact());
    CHECK(used.store->health());
  }
}

/// The value of a member in the last event with this name.
std::string told(const std::string& log, const std::string& event, const std::string& member) {
  const auto line = log.rfind("\"" + event + "\"");
  if (line == std::string::npos) return {};
  const std::string key = "\"" + member + "\":\"";
  const auto at = log.find(key, line);
  if (at == std::string::npos) return {};
  return log.substr(at + key.size(), log.find('"', at + key.size()) - at - key.size());
}

TEST_CASE("sqlite loss: after rm no commit is acknowledged and the open files can be copied out") {
  constexpr std::uint32_t kThreads = 6;
  Used used;
  const CapturedLog log(log::Level::info);
  std::atomic<bool> removed{false};
  std::atomic<int> late{0};
  std::array<std::atomic<std::uint64_t>, kThreads> acknowledged{};
  {
    std::vector<std::jthread> threads;
    for (std::uint32_t n = 0; n < kThreads; ++n) {
      threads.emplace_back([&, n] {
        for (int refused = 0; refused < 20;) {
          const bool after = removed;
          if (is_committed(used.store->commit(plain_commit(10 + n, acknowledged[n])))) {
            ++acknowledged[n];
            if (after) ++late;
          } else {
            ++refused;
          }
        }
      });
    }
    REQUIRE(
        soon([&] { return std::ranges::all_of(acknowledged, [](auto& n) { return n > 20; }); }));
    fs::remove_all(used.directory);
    removed = true;
  }
  CHECK(late == 0);
  CHECK(is_unavailable(used.store->health()));
  const auto text = log.text();
  const auto database = told(text, "store_files_lost", "open_database");
  const auto wal = told(text, "store_files_lost", "open_log");
  REQUIRE(database.starts_with("/proc/"));
  const TemporaryDirectory copy;
  fs::copy_file(database, copy.path() / "vault.db");
  fs::copy_file(wal, copy.path() / "vault.db-wal");
  const auto saved = open_sqlite(copy.path());
  for (std::uint32_t n = 0; n < kThreads; ++n) {
    CHECK(must(saved->load(wallet_id(10 + n)))->version >= acknowledged[n]);
  }
}

TEST_CASE("sqlite loss: a loss without requests is detected and logged once") {
  Used used;
  const CapturedLog log(log::Level::info);
  fs::remove(used.file("vault.db"));
  REQUIRE(soon([&] { return log.text().find("store_files_lost") != std::string::npos; }));
  for (int i = 0; i < 5; ++i) CHECK(is_unavailable(used.store->health()));
  const auto text = log.text();
  CHECK(text.find("store_files_lost") == text.rfind("store_files_lost"));
  CHECK(told(text, "store_files_lost", "cause") == "vault.db: is gone");
}

}  // namespace
}  // namespace cardvault::test
