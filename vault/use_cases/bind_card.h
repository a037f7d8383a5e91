#pragma once

#include <functional>
#include <optional>

#include "crypto/secret.h"
#include "vault/use_cases/wallet_change.h"

namespace cardvault {

struct NewCard {
  Pan pan;
  std::optional<SecretText> holder_name = {};
  std::optional<SecretText> phone = {};
  ChannelSet channels = {};
};

using RenderCard = std::function<Answer(const Wallet&, const Card&)>;

/// Binds a card without asking its bank (migration, tests). The number, with holder name and phone,
/// goes into a PAN record under a key of its own; the wallet keeps what may be shown and a keyed
/// fingerprint. wallet_not_found, wallet_frozen, card_already_bound, limit_reached,
/// idempotency_key_reused.
[[nodiscard]] Result<Answer> import_card(const Vault& vault, const WalletId& wallet,
                                         const Actor& actor, const NewCard& wanted,
                                         const std::optional<Idempotency>& idempotency,
                                         const RenderCard& render);

}  // namespace cardvault
