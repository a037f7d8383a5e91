#pragma once

#include <memory>
#include <optional>

#include "api/app/store_options.h"
#include "base/result.h"
#include "vault/storage/directory_lock.h"
#include "vault/storage/wallet_archive.h"

namespace cardvault::api {

/// A store that a copy reads or fills, and what keeps others off it.
struct OpenArchive {
  std::optional<DirectoryLock> lock;  ///< of an embedded store's directory
  std::unique_ptr<WalletArchive> archive;
};

/// Both sides of a copy.
struct ArchivePair {
  OpenArchive source;
  OpenArchive target;
};

/// Each store's `url` is "sqlite:DIR" or a URL. A target's directory is created when it is not
/// there; nothing is created before the source could be opened. invalid_request for a text that is
/// no store and for a store that is to be copied into itself; `internal`, saying what to do, when
/// another process owns a directory; store_unavailable when there is no such source.
[[nodiscard]] Result<ArchivePair> open_archives(const StoreOptions& source,
                                                const StoreOptions& target);

/// A store that is reached by URL, which others may use meanwhile. The errors of redis_options()
/// and of the store.
[[nodiscard]] Result<std::unique_ptr<WalletArchive>> open_shared_archive(const StoreOptions& store);

}  // namespace cardvault::api
