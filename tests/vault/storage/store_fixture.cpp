#include "tests/vault/storage/store_fixture.h"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string>

#include "tests/support/memory_store.h"
#include "vault/storage/redis/redis_store.h"
#include "vault/storage/sqlite/sqlite_store.h"

namespace cardvault::test {
namespace {

template <class Id>
Id numbered_id(std::uint32_t n) {
  IdBits bits;
  for (std::size_t i = 0; i < 4; ++i) {
    bits.bytes[15 - i] = static_cast<std::uint8_t>(n >> (8 * i));
  }
  return Id(bits);
}

Bytes numbered_bytes(std::uint32_t n, std::size_t size) {
  std::mt19937 engine(n);
  Bytes bytes(size);
  std::ranges::generate(bytes, [&] { return static_cast<std::uint8_t>(engine()); });
  return bytes;
}

}  // namespace

TemporaryDirectory::TemporaryDirectory() {
  auto name = (std::filesystem::temp_directory_path() / "cardvault-store-XXXXXX").string();
  REQUIRE(::mkdtemp(name.data()) != nullptr);
  path_ = name;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::unique_ptr<WalletStore> open_sqlite(const std::filesystem::path& directory) {
  return must(open_sqlite_store(directory));
}

RedisOptions patient_options(const std::string& url, std::uint32_t wait_replicas) {
  RedisOptions options;
  options.location = must(RedisLocation::parse(url));
  options.timeout = std::chrono::milliseconds(5000);
  options.wait_replicas = wait_replicas;
  return options;
}

std::unique_ptr<WalletStore> open_redis(const std::string& url, std::uint32_t wait_replicas) {
  return must(open_redis_store(patient_options(url, wait_replicas)));
}

std::unique_ptr<WalletStore> MemoryAdapter::make() {
  return make_memory_store();
}

WalletId wallet_id(std::uint32_t n) {
  return numbered_id<WalletId>(n);
}
CardId card_id(std::uint32_t n) {
  return numbered_id<CardId>(n);
}

Digest digest(std::uint32_t n) {
  Digest value;
  std::ranges::copy(numbered_bytes(n, value.size()), value.begin());
  return value;
}

SealedRecord record(std::uint32_t n, std::size_t size) {
  return SealedRecord::from_storage(numbered_bytes(n, size));
}

AuditRow audit_row(std::uint64_t seq) {
  const auto n = static_cast<std::uint32_t>(seq);
  return {.seq = seq, .record = record(n, 80), .link = digest(n)};
}

Time at_second(std::int64_t seconds) {
  return Time(std::chrono::seconds(seconds));
}

Commit plain_commit(std::uint32_t n, std::uint64_t expected_version) {
  Commit change;
  change.wallet = wallet_id(n);
  change.expected_version = expected_version;
  change.record = record(n * 1000 + static_cast<std::uint32_t>(expected_version) + 1);
  return change;
}

bool in_child_process(const std::function<bool()>& body) {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) ::_exit(body() ? 0 : 1);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

std::uint64_t seed_of_this_run() {
  if (const char* given = std::getenv("CARDVAULT_TEST_SEED")) return std::stoull(given);
  return std::random_device{}();
}

}  // namespace cardvault::test
