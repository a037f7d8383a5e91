#pragma once

#include <memory>
#include <optional>

#include "api/app/store_options.h"
#include "base/result.h"
#include "vault/storage/directory_lock.h"
#include "vault/storage/wallet_archive.h"

namespace cardvault::api {

/// A store that a copy reads or writes. An embedded store is locked during the copy.
struct OpenArchive {
  std::optional<DirectoryLock> lock;  ///< the directory's lock; only for an embedded store
  std::unique_ptr<WalletArchive> archive;
};

/// The two stores of a copy.
struct ArchivePair {
  OpenArchive source;
  OpenArchive target;
};

/// Opens both stores of a copy. Each store's `url` is "sqlite:DIR" or a URL. The source is opened
/// first; only then a missing target directory is created. Errors: invalid_request if a `url` is
/// not a store, or if both name the same store; `internal` (the detail says what to do) if another
/// process owns a directory; store_unavailable if the source does not exist.
[[nodiscard]] Result<ArchivePair> open_archives(const StoreOptions& source,
                                                const StoreOptions& target);

/// Opens a store that is reached by URL. Other processes may use it at the same time. Errors: those
/// of redis_options() and of the store.
[[nodiscard]] Result<std::unique_ptr<WalletArchive>> open_shared_archive(const StoreOptions& store);

}  // namespace cardvault::api
