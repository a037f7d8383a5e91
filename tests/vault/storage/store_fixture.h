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

/// An empty directory (0700), removed with its content at the end.
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

/// Opens the store in `directory` or fails the test.
[[nodiscard]] std::unique_ptr<WalletStore> open_sqlite(const std::filesystem::path& directory);

/// Options for the Redis at the URL, with timeouts for a busy machine.
[[nodiscard]] RedisOptions patient_options(const std::string& url, std::uint32_t wait_replicas = 0);
/// Opens the store at the URL or fails the test.
[[nodiscard]] std::unique_ptr<WalletStore> open_redis(const std::string& url,
                                                      std::uint32_t wait_replicas = 0);

// An adapter makes an empty store and reopens the data of a store. Only a store without a disk may
// return the same object. The conformance tests run on each adapter in Adapters.

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

/// Its own server, empty.
struct RedisAdapter {
  RedisServer server;

  [[nodiscard]] std::unique_ptr<WalletStore> make() { return open_redis(server.url()); }
  [[nodiscard]] std::unique_ptr<WalletStore> reopen(std::unique_ptr<WalletStore> store) {
    store.reset();
    return make();
  }
};

/// Its own six nodes; every commit waits for a replica.
struct RedisClusterAdapter {
  RedisCluster cluster;

  [[nodiscard]] std::unique_ptr<WalletStore> make() { return open_redis(cluster.url(), 1); }
  [[nodiscard]] std::unique_ptr<WalletStore> reopen(std::unique_ptr<WalletStore> store) {
    store.reset();
    return make();
  }
};

using Adapters = std::tuple<MemoryAdapter, SqliteAdapter, RedisAdapter, RedisClusterAdapter>;

/// Sample values: equal in every run and different for every n.
[[nodiscard]] WalletId wallet_id(std::uint32_t n);
[[nodiscard]] CardId card_id(std::uint32_t n);
[[nodiscard]] Digest digest(std::uint32_t n);
[[nodiscard]] SealedRecord record(std::uint32_t n, std::size_t size = 300);
[[nodiscard]] AuditRow audit_row(std::uint64_t seq);
[[nodiscard]] Time at_second(std::int64_t seconds);

/// The `expected_version + 1`-th commit of the n-th wallet, with only a record.
[[nodiscard]] Commit plain_commit(std::uint32_t n, std::uint64_t expected_version);

/// The value; fails the test with the error if there is none.
template <class T>
T must(Result<T> result) {
  if (!result) {
    FAIL(result.error().code.name << ": " << result.error().inside.text);
  }
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

/// Runs `body` in a child process. Returns its result; false if it crashed.
[[nodiscard]] bool in_child_process(const std::function<bool()>& body);

/// The seed in CARDVAULT_TEST_SEED, so that a printed seed can be run again; otherwise random.
[[nodiscard]] std::uint64_t seed_of_this_run();

}  // namespace cardvault::test
