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

/// A wallet of a test vault, told in full. Wallet, devices and cards are given with their ids.
struct SeedWallet {
  NewWallet wallet;
  std::vector<NewDevice> devices;
  std::vector<NewCard> cards;
  std::optional<SecretText> password = {};
  std::optional<SecretText> gesture = {};
};

/// Something that callers have changed since it was seeded: "crd_...", or "wal_... password"; and
/// how: changed, closed, frozen, deregistered, void.
struct SeedDifference {
  std::string what;
  std::string how;
};

struct Seeded {
  std::size_t added = 0;
  std::size_t present = 0;
  std::vector<SeedDifference> differences;
};

/// Adds what the vault does not have yet and changes nothing that it has, so doing it again, or
/// after a crash in the middle, is harmless. What can have become different through the API is told
/// and left as it is; of a wallet that is frozen or closed nothing else is looked at.
/// invalid_request, naming the id, when something else stands under one of the ids, or the same
/// thing under another id; as create_wallet, bind_device, import_card, set_credential.
[[nodiscard]] Result<Seeded> seed_wallet(const WholeVault& vault, const Actor& actor,
                                         const SeedWallet& wanted);

}  // namespace cardvault
