#pragma once

#include "base/result.h"
#include "vault/wallet/wallet.h"

namespace cardvault {

/// Adds a card at the end of the list. The first card is the default one. card_already_bound (with
/// the card's id) if a card has one of the digests of `number`, limit_reached.
[[nodiscard]] Status add_card(Wallet& wallet, Card card, const KeyedDigests& number);
/// card_not_found, invalid_request. An error changes nothing.
[[nodiscard]] Status change_card(Wallet& wallet, const CardId& card, const CardChange& change);

}  // namespace cardvault
