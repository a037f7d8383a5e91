#pragma once

#include <memory>
#include <tuple>

#include "tests/support/memory_store.h"
#include "tests/vault/storage/store_fixture.h"
#include "vault/storage/redis/redis_archive.h"
#include "vault/storage/sqlite/sqlite_archive.h"
#include "vault/storage/wallet_archive.h"

namespace cardvault::test {

// One store's data, as a store or as an archive. Only one of them may be open at a time. Empty at
// the start. The conformance tests for archives run on each of ArchiveAdapters.

struct MemoryArchiveAdapter {
  std::shared_ptr<MemoryContents> contents = make_memory_contents();

  [[nodiscard]] std::unique_ptr<WalletStore> store() const { return make_memory_store(contents); }
  [[nodiscard]] std::unique_ptr<WalletArchive> archive() const {
    return make_memory_archive(contents);
  }
};

struct SqliteArchiveAdapter {
  TemporaryDirectory directory;

  [[nodiscard]] std::unique_ptr<WalletStore> store() const { return open_sqlite(directory.path()); }
  [[nodiscard]] std::unique_ptr<WalletArchive> archive() const {
    return must(create_sqlite_archive(directory.path()));
  }
};

struct RedisArchiveAdapter {
  RedisServer server;

  [[nodiscard]] std::unique_ptr<WalletStore> store() const { return open_redis(server.url()); }
  [[nodiscard]] std::unique_ptr<WalletArchive> archive() const {
    return must(open_redis_archive(patient_options(server.url())));
  }
};

struct RedisClusterArchiveAdapter {
  RedisCluster cluster;

  [[nodiscard]] std::unique_ptr<WalletStore> store() const { return open_redis(cluster.url(), 1); }
  [[nodiscard]] std::unique_ptr<WalletArchive> archive() const {
    return must(open_redis_archive(patient_options(cluster.url(), 1)));
  }
};

using ArchiveAdapters = std::tuple<MemoryArchiveAdapter, SqliteArchiveAdapter, RedisArchiveAdapter,
                                   RedisClusterArchiveAdapter>;

/// The n-th image: version 3, `n % 4` cards, two audit entries; it is due if n is odd.
[[nodiscard]] WalletImage image(std::uint32_t n);
[[nodiscard]] IndexEntry entry(IndexKind kind, std::uint32_t value, std::uint32_t wallet);

/// True if all members of the images are equal.
[[nodiscard]] bool same(const WalletImage& one, const WalletImage& other);

/// All items of all pages, `limit` at a time.
[[nodiscard]] std::vector<WalletId> all_wallets(WalletArchive& archive, std::size_t limit);
[[nodiscard]] std::vector<IndexEntry> all_entries(WalletArchive& archive, std::size_t limit);

}  // namespace cardvault::test
