#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "vault/access/manage_devices.h"
#include "vault/cards/bind_card.h"
#include "vault/lifecycle/manage_wallet.h"
#include "vault/lifecycle/whole_vault.h"

namespace cardvault {

/// The full description of a wallet in a test vault. Wallet, devices and cards have their ids.
struct SeedWallet {
  NewWallet wallet;
  std::vector<NewDevice> devices;
  std::vector<NewCard> cards;
  std::optional<SecretText> password = {};
  std::optional<SecretText> gesture = {};
};

/// A thing that callers have changed since it was seeded. `what` is for example "crd_..." or
/// "wal_... password". `how` is changed, closed, frozen, deregistered or void.
struct SeedDifference {
  std::string what;
  std::string how;
};

struct Seeded {
  std::size_t added = 0;
  std::size_t present = 0;
  std::vector<SeedDifference> differences;
};

/// Adds the things that the vault does not have yet, and changes nothing else. So it may be
/// repeated, also after a crash in the middle. Things that were changed through the API are
/// reported and stay as they are. If a wallet is frozen or closed, nothing else of it is checked.
/// If another thing exists under one of the ids, or the same thing under another id, it fails with
/// invalid_request that names the id. Other errors: those of create_wallet(), bind_device(),
/// import_card() and set_credential().
[[nodiscard]] Result<Seeded> seed_wallet(const WholeVault& vault, const Actor& actor,
                                         const SeedWallet& wanted);

}  // namespace cardvault
