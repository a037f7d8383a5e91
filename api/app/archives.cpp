#include "api/app/archives.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "api/app/data_directory.h"
#include "vault/storage/redis/redis_archive.h"
#include "vault/storage/sqlite/sqlite_archive.h"

namespace cardvault::api {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kEmbedded = "sqlite:";

/// Directory of an embedded store; nullopt for any other store.
std::optional<fs::path> directory_of(const StoreOptions& store) {
  if (!store.url.starts_with(kEmbedded) || store.url.size() == kEmbedded.size()) {
    return std::nullopt;
  }
  return store.url.substr(kEmbedded.size());
}

bool same_store(const StoreOptions& one, const StoreOptions& other) {
  const auto here = directory_of(one);
  const auto there = directory_of(other);
  if (!here || !there) return one.url == other.url;
  std::error_code ignored;
  return fs::weakly_canonical(*here, ignored) == fs::weakly_canonical(*there, ignored);
}

Result<DirectoryLock> own(const fs::path& directory) {
  TRY_VALUE(auto lock, DirectoryLock::try_acquire(directory));
  if (lock) return std::move(*lock);
  return fail(ErrorCode::internal,
              "Another process owns " + directory.string() +
                  ". Stop its server first: no process may use a store during a copy.");
}

Result<OpenArchive> open_embedded(
    const fs::path& directory,
    Result<std::unique_ptr<WalletArchive>> (*open)(const fs::path& directory)) {
  TRY_VALUE(auto lock, own(directory));
  TRY_VALUE(auto archive, open(directory));
  return OpenArchive{.lock = std::move(lock), .archive = std::move(archive)};
}

/// Opens a store that is reached by URL.
Result<OpenArchive> open_remote(const StoreOptions& store) {
  if (store.url.starts_with("redis")) {
    TRY_VALUE(auto options, redis_options(store));
    TRY_VALUE(auto archive, open_redis_archive(std::move(options)));
    return OpenArchive{.lock = {}, .archive = std::move(archive)};
  }
  return fail(ErrorCode::invalid_request,
              "The store must be sqlite:DIR or a Redis URL (redis://, rediss://, redis+cluster:// "
              "or rediss+cluster://).");
}

Result<OpenArchive> open_source(const StoreOptions& store) {
  const auto directory = directory_of(store);
  if (!directory) return open_remote(store);
  std::error_code ignored;
  if (!fs::is_directory(*directory, ignored)) {
    return fail(ErrorCode::store_unavailable, "There is no directory " + directory->string() + ".");
  }
  return open_embedded(*directory, open_sqlite_archive);
}

Result<OpenArchive> open_target(const StoreOptions& store) {
  const auto directory = directory_of(store);
  if (!directory) return open_remote(store);
  TRY(make_data_directory(*directory));
  return open_embedded(*directory, create_sqlite_archive);
}

}  // namespace

Result<ArchivePair> open_archives(const StoreOptions& source, const StoreOptions& target) {
  if (same_store(source, target)) {
    return fail(ErrorCode::invalid_request, "The source and the target are the same store.");
  }
  TRY_VALUE(auto from, open_source(source));
  TRY_VALUE(auto to, open_target(target));
  return ArchivePair{.source = std::move(from), .target = std::move(to)};
}

Result<std::unique_ptr<WalletArchive>> open_shared_archive(const StoreOptions& store) {
  TRY_VALUE(auto remote, open_remote(store));
  return std::move(remote.archive);
}

}  // namespace cardvault::api
