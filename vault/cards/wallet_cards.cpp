#include "vault/cards/wallet_cards.h"

#include <algorithm>
#include <string>
#include <utility>

#include "vault/cards/error_codes.h"

namespace cardvault {

Status add_card(Wallet& wallet, Card card, const KeyedDigests& number) {
  const auto same = std::ranges::find_if(
      wallet.cards, [&](const Card& one) { return number.has(one.fingerprint.value); });
  if (same != wallet.cards.end()) {
    return fail_existing(CardError::card_already_bound, "This card is already bound to the wallet.",
                         same->id.text());
  }
  if (wallet.cards.size() >= kMaxCards) {
    return fail(ErrorCode::limit_reached,
                "The limit of " + std::to_string(kMaxCards) +
                    " cards per wallet is reached. Deregister a card first.");
  }
  TRY(wallet.require_room_for_deregistration());
  card.is_default = wallet.cards.empty();
  wallet.cards.push_back(std::move(card));
  wallet.list_changed();
  return {};
}

Status change_card(Wallet& wallet, const CardId& card, const CardChange& change) {
  TRY_VALUE(const auto found, wallet.require_card(card));
  if (change.is_default == false) return fail(invalid_field("is_default", "not_allowed"));
  if (change.order && *change.order >= wallet.cards.size()) {
    return fail(invalid_field("order", "out_of_range"));
  }
  const std::vector<Card> before = wallet.cards;
  if (change.nickname) found->nickname = *change.nickname;
  if (change.is_default) {
    for (Card& one : wallet.cards) one.is_default = one.id == card;
  }
  if (change.order) {
    const auto target = wallet.cards.begin() + static_cast<std::ptrdiff_t>(*change.order);
    if (found < target) {
      std::rotate(found, found + 1, target + 1);
    } else {
      std::rotate(target, found, found + 1);
    }
  }
  if (wallet.cards != before) wallet.list_changed();
  return {};
}

}  // namespace cardvault
