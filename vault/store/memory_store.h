#pragma once

#include <memory>

#include "vault/ports/wallet_store.h"

namespace cardvault {

/// Keeps everything in this process's memory, behind one mutex; gone when it ends. For tests and
/// simulations, and the model that the other adapters are compared with.
[[nodiscard]] std::unique_ptr<WalletStore> make_memory_store();

}  // namespace cardvault
