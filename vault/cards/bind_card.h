#pragma once

#include <functional>
#include <optional>

#include "crypto/secret.h"
#include "vault/cards/card_vault.h"
#include "vault/change/wallet_change.h"

namespace cardvault {

struct NewCard {
  Pan pan;
  std::optional<SecretText> holder_name = {};
  std::optional<SecretText> phone = {};
  ChannelSet channels = {};
  std::optional<CardId> id = {};  ///< a new one unless given, as seed_wallet does
};

using RenderCard = std::function<Answer(const Wallet&, const Card&)>;

/// Binds a card without asking its bank (migration, tests). The number, with holder name and phone,
/// goes into a PAN record under a key of its own; the wallet keeps what may be shown and a keyed
/// fingerprint. wallet_not_found, wallet_frozen, wallet_closed, card_already_bound, limit_reached,
/// idempotency_key_reused, invalid_request for a channel that is not configured.
[[nodiscard]] Result<Answer> import_card(const CardVault& vault, const WalletId& wallet,
                                         const Actor& actor, const NewCard& wanted,
                                         const std::optional<Idempotency>& idempotency,
                                         const RenderCard& render);

}  // namespace cardvault
