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
  std::optional<CardId> id = {};  ///< if empty, the card gets a new id; seed_wallet gives one
};

using RenderCard = std::function<Answer(const Wallet&, const Card&)>;

/// Binds a card without asking its bank (migration, tests). The number, holder name and phone go
/// into a PAN record under its own key. The wallet keeps only a keyed fingerprint and the data that
/// may be shown. Errors: wallet_not_found, wallet_frozen, wallet_closed, card_already_bound,
/// limit_reached, idempotency_key_reused, invalid_request for a channel that is not configured.
[[nodiscard]] Result<Answer> import_card(const CardVault& vault, const WalletId& wallet,
                                         const Actor& actor, const NewCard& wanted,
                                         const std::optional<Idempotency>& idempotency,
                                         const RenderCard& render);

}  // namespace cardvault
