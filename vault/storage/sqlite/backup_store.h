#pragma once

#include <filesystem>
#include <memory>

#include "vault/storage/wallet_store.h"

namespace cardvault {

/// Opens a backup's file as a read-only store, so that it can be checked with the vault's keys.
/// Every change and claim fails with `internal`. Others may read the file meanwhile; it is not
/// changed. If the file does not exist or cannot be read, it fails with store_unavailable. If it is
/// not the database of a vault, it fails with record_corrupt.
[[nodiscard]] Result<std::unique_ptr<WalletStore>> open_backup_store(
    const std::filesystem::path& file);

}  // namespace cardvault
