#include <atomic>
#include <csignal>
#include <iostream>

#include "tests/vault/storage/archive_fixture.h"
#include "tests/vault/storage/hooked_archive.h"
#include "vault/storage/copy/store_copy.h"

namespace cardvault::test {
namespace {

constexpr std::uint32_t kWallets = 400;

void fill(const std::filesystem::path& directory) {
  const auto archive = must(create_sqlite_archive(directory));
  std::vector<WalletImage> images;
  std::vector<IndexEntry> entries;
  for (std::uint32_t n = 0; n < kWallets; ++n) {
    images.push_back(image(n));
    entries.push_back(entry(IndexKind::subject, n, n));
  }
  must(archive->import_wallets(images));
  must(archive->import_index(entries));
  must(archive->import_vault_record(VaultRecord::keyring, {.version = 1, .record = record(1)}));
  must(archive->import_vault_record(VaultRecord::clients, {.version = 1, .record = record(2)}));
}

/// Copies in this process, which is killed at call number `calls` of the target. True if the copy
/// ends before that.
bool copy_until(const std::filesystem::path& from, const std::filesystem::path& to,
                std::int64_t calls) {
  const auto source = open_sqlite_archive(from);
  const auto inner = create_sqlite_archive(to);
  if (!source || !inner) return false;
  HookedArchive target(**inner);
  std::atomic<std::int64_t> left{calls};
  target.before = [&]() -> Status {
    if (--left < 0) std::raise(SIGKILL);
    return {};
  };
  return copy_store(**source, target, {}).has_value();
}

TEST_CASE("copy: after kill -9 at any point the next run completes the copy") {
  const auto seed = seed_of_this_run();
  std::cout << "CARDVAULT_TEST_SEED=" << seed << '\n';
  INFO("replay with CARDVAULT_TEST_SEED=" << seed);
  std::mt19937_64 engine(seed);
  const TemporaryDirectory from;
  fill(from.path());
  const StoreTally whole =
      must(tally_store(*must(open_sqlite_archive(from.path())), 1, [](auto, auto) {}));
  for (int round = 0; round < 5; ++round) {
    const TemporaryDirectory to;
    int kills = 0;
    for (std::uint64_t most = 8;; most += 5, ++kills) {
      const auto calls = static_cast<std::int64_t>(engine() % most);
      CAPTURE(round, kills, calls);
      if (in_child_process([&] { return copy_until(from.path(), to.path(), calls); })) break;
      const auto target = must(create_sqlite_archive(to.path()));
      if (must(target->load_vault_record(VaultRecord::keyring))) {
        CHECK((must(tally_store(*target, 1, [](auto, auto) {})) == whole));
      }
      REQUIRE(kills < 100);
    }
    CHECK(kills > 0);
    const auto target = must(open_sqlite_archive(to.path()));
    CHECK((must(tally_store(*target, 1, [](auto, auto) {})) == whole));
    CHECK(must(target->load_vault_record(VaultRecord::keyring)));
  }
}

}  // namespace
}  // namespace cardvault::test
