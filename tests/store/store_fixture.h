#pragma once

#include <catch2/catch_message.hpp>
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <random>
#include <tuple>

#include "tests/support/redis_cluster.h"
#include "tests/support/redis_server.h"
#include "vault/storage/redis/location.h"
#include "vault/storage/wallet_store.h"

namespace cardvault::test {

/// An empty directory (0700), removed with all it holds at the end.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// Opens DIR's store or fails the test.
[[nodiscard]] std::unique_ptr<WalletStore> open_sqlite(const std::filesystem::path& directory);

/// The Redis at the URL, with time enough for a busy machine.
[[nodiscard]] RedisOptions patient_options(const std::string& url, std::uint32_t wait_replicas = 0);
/// Opens the store at the URL, or fails the test.
[[nodiscard]] std::unique_ptr<WalletStore> open_redis(const std::string& url,
                                                      std::uint32_t wait_replicas = 0);

// An adapter makes an empty store and opens what a store left behind; only what has no disk may
// hand the same store back. The conformance tests run on each adapter in Adapters.

struct MemoryAdapter {
  [[nodiscard]] std::unique_ptr<WalletStore> make();
  [[nodiscard]] std::unique_ptr<WalletStore> reopen(std::unique_ptr<WalletStore> store) {
    return store;
  }
};

struct SqliteAdapter {
  TemporaryDirectory directory;

  [[nodiscard]] std::unique_ptr<WalletStore> make() { return open_sqlite(directory.path()); }
  [[nodiscard]] std::unique_ptr<WalletStore> reopen(std::unique_ptr<WalletStore> store) {
    store.reset();
    return open_sqlite(directory.path());
  }
};

/// A server of its own, empty.
struct RedisAdapter {
  RedisServer server;

  [[nodiscard]] std::unique_ptr<WalletStore> make() { return open_redis(server.url()); }
  [[nodiscard]] std::unique_ptr<WalletStore> reopen(std::unique_ptr<WalletStore> store) {
    store.reset();
    return make();
  }
};

/// Six nodes of its own; every commit waits for a replica.
struct RedisClusterAdapter {
  RedisCluster cluster;

  [[nodiscard]] std::unique_ptr<WalletStore> make() { return open_redis(cluster.url(), 1); }
  [[nodiscard]] std::unique_ptr<WalletStore> reopen(std::unique_ptr<WalletStore> store) {
    store.reset();
    return make();
  }
};

using Adapters = std::tuple<MemoryAdapter, SqliteAdapter, RedisAdapter, RedisClusterAdapter>;

/// The n-th of something: the same every time, different for every n.
[[nodiscard]] WalletId wallet_id(std::uint32_t n);
[[nodiscard]] CardId card_id(std::uint32_t n);
[[nodiscard]] Digest digest(std::uint32_t n);
[[nodiscard]] SealedRecord record(std::uint32_t n, std::size_t size = 300);
[[nodiscard]] AuditRow audit_row(std::uint64_t seq);
[[nodiscard]] Time at_second(std::int64_t seconds);

/// The `expected_version + 1`-th commit of the n-th wallet, with nothing but a record.
[[nodiscard]] Commit plain_commit(std::uint32_t n, std::uint64_t expected_version);

/// The value, or a failed test that shows the error.
template <class T>
T must(Result<T> result) {
  if (!result) {
    FAIL(result.error().code.name << ": " << result.error().inside.text);
  }
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

/// Runs `body` in a process of its own; true when it returned true. False for a crash.
[[nodiscard]] bool in_child_process(const std::function<bool()>& body);

/// From CARDVAULT_TEST_SEED when set, so that a printed seed can be run again; else random.
[[nodiscard]] std::uint64_t seed_of_this_run();

}  // namespace cardvault::test
