#pragma once

#include <filesystem>
#include <memory>

#include "vault/storage/wallet_store.h"

namespace cardvault {

/// A backup's file, to be looked at with the vault's keys as a store that nobody writes: every
/// change and claim answers `internal`. The file may be read by others meanwhile, and is not
/// changed. store_unavailable when it is not there or cannot be read, record_corrupt when it is not
/// the database of a vault.
[[nodiscard]] Result<std::unique_ptr<WalletStore>> open_backup_store(
    const std::filesystem::path& file);

}  // namespace cardvault
