#include "api/archives.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "api/data_directory.h"
#include "vault/store/redis_archive.h"
#include "vault/store/sqlite_archive.h"

namespace cardvault::api {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kEmbedded = "sqlite:";

/// The directory of an embedded store.
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
  auto lock = DirectoryLock::try_acquire(directory);
  if (!lock) return fail(std::move(lock.error()));
  if (*lock) return std::move(**lock);
  return fail(ErrorCode::internal, "Another process owns " + directory.string() +
                                       ": stop its server first, nothing may use a store "
                                       "while it is copied.");
}

Result<OpenArchive> open_embedded(
    const fs::path& directory,
    Result<std::unique_ptr<WalletArchive>> (*open)(const fs::path& directory)) {
  auto lock = own(directory);
  if (!lock) return fail(std::move(lock.error()));
  auto archive = open(directory);
  if (!archive) return fail(std::move(archive.error()));
  return OpenArchive{.lock = std::move(*lock), .archive = std::move(*archive)};
}

/// Of a store that is reached by URL.
Result<OpenArchive> open_remote(const StoreOptions& store) {
  if (store.url.starts_with("redis")) {
    auto options = redis_options(store);
    if (!options) return fail(std::move(options.error()));
    auto archive = open_redis_archive(std::move(*options));
    if (!archive) return fail(std::move(archive.error()));
    return OpenArchive{.lock = {}, .archive = std::move(*archive)};
  }
  return fail(ErrorCode::invalid_request,
              "A store to copy is sqlite:DIR or a URL of Redis: redis://, rediss://, "
              "redis+cluster:// or rediss+cluster://.");
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
  if (const auto made = make_data_directory(*directory); !made) return fail(made.error());
  return open_embedded(*directory, create_sqlite_archive);
}

}  // namespace

Result<ArchivePair> open_archives(const StoreOptions& source, const StoreOptions& target) {
  if (same_store(source, target)) {
    return fail(ErrorCode::invalid_request, "The source and the target are the same store.");
  }
  auto from = open_source(source);
  if (!from) return fail(std::move(from.error()));
  auto to = open_target(target);
  if (!to) return fail(std::move(to.error()));
  return ArchivePair{.source = std::move(*from), .target = std::move(*to)};
}

Result<std::unique_ptr<WalletArchive>> open_shared_archive(const StoreOptions& store) {
  auto remote = open_remote(store);
  if (!remote) return fail(std::move(remote.error()));
  return std::move(remote->archive);
}

}  // namespace cardvault::api
