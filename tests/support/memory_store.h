#pragma once

#include <memory>

#include "vault/storage/wallet_archive.h"
#include "vault/storage/wallet_store.h"

namespace cardvault {

struct MemoryContents;

/// Keeps everything in this process's memory, behind one mutex; gone when it ends. For tests and
/// simulations, and the model that the other adapters are compared with.
[[nodiscard]] std::unique_ptr<WalletStore> make_memory_store();

/// The same over contents that other objects may use too, an archive among them.
[[nodiscard]] std::shared_ptr<MemoryContents> make_memory_contents();
[[nodiscard]] std::unique_ptr<WalletStore> make_memory_store(
    std::shared_ptr<MemoryContents> contents);
[[nodiscard]] std::unique_ptr<WalletArchive> make_memory_archive(
    std::shared_ptr<MemoryContents> contents);

}  // namespace cardvault
