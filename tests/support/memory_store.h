#pragma once

#include <memory>

#include "vault/storage/wallet_archive.h"
#include "vault/storage/wallet_store.h"

namespace cardvault {

struct MemoryContents;

/// Keeps everything in this process's memory, behind one mutex; the data end with the process. It
/// is for tests and simulations, and is the model that the other adapters are compared with.
[[nodiscard]] std::unique_ptr<WalletStore> make_memory_store();

/// The same with contents that other objects may share, for example an archive.
[[nodiscard]] std::shared_ptr<MemoryContents> make_memory_contents();
[[nodiscard]] std::unique_ptr<WalletStore> make_memory_store(
    std::shared_ptr<MemoryContents> contents);
[[nodiscard]] std::unique_ptr<WalletArchive> make_memory_archive(
    std::shared_ptr<MemoryContents> contents);

}  // namespace cardvault
