#include "vault/cards/view_cards.h"

#include <algorithm>

#include "vault/access/error_codes.h"
#include "vault/cards/error_codes.h"
#include "vault/cards/wallet_cards.h"
#include "vault/wallet/error_codes.h"

namespace cardvault {
namespace {

bool shows(const TokenClaims& claims, const Card& card) {
  const bool in_channel = !claims.channel || card.channels.has(*claims.channel);
  return in_channel && (!claims.card || *claims.card == card.id);
}

std::unexpected<Error> lacks_scope(Scope scope) {
  return fail(CardError::insufficient_scope,
              "The token does not have the scope " + std::string(scope_name(scope)) + ".");
}

/// A token for one channel must not change another channel.
bool may_change(const TokenClaims& claims, const ChannelChange& wanted) {
  const auto within = [&](const std::optional<Channel>& channel) {
    return !channel || !claims.channel || *channel == *claims.channel;
  };
  const bool any = wanted.open || wanted.close;
  return !any ||
         (claims.scopes.has(Scope::card_channels) && within(wanted.open) && within(wanted.close));
}

}  // namespace

Result<Viewer> admit_viewer(const Vault& vault, std::string_view token,
                            std::string_view device_header, Scope needed) {
  TRY_VALUE(auto claims,
            verify_presented_token(vault.keyring, token, device_header, vault.clock.now()));
  if (!claims.scopes.has(needed)) {
    return lacks_scope(needed);
  }
  auto opened = open_wallet(vault, claims.wallet);
  if (!opened && opened.error().code == WalletError::wallet_not_found) {
    return fail(AccessError::token_revoked,
                "The token has been revoked. Unlock the wallet to get a new one.");
  }
  if (!opened) return fail(opened.error());
  TRY(check_token_alive(opened->wallet, claims));
  return Viewer{std::move(claims), std::move(opened->wallet)};
}

std::vector<const Card*> visible_cards(const Viewer& viewer) {
  std::vector<const Card*> cards;
  cards.reserve(viewer.wallet.cards.size());
  for (const Card& card : viewer.wallet.cards) {
    if (shows(viewer.claims, card)) cards.push_back(&card);
  }
  return cards;
}

Result<const Card*> visible_card(const Viewer& viewer, const CardId& card) {
  const Card* found = viewer.wallet.find_card(card);
  if (found == nullptr || !shows(viewer.claims, *found)) {
    return fail(WalletError::card_not_found, "The wallet has no such card.");
  }
  return found;
}

Actor viewer_actor(const Viewer& viewer) {
  return {"device:" + viewer.claims.device.text()};
}

Result<Wallet> change_card(const ClosingVault& vault, const Viewer& viewer, const CardId& card,
                           const ViewerChange& wanted) {
  TRY(visible_card(viewer, card));
  if (!may_change(viewer.claims, wanted.channels)) return lacks_scope(Scope::card_channels);
  Wallet after;
  const auto decide = [&](Wallet& opened, WalletChange& change) -> Result<bool> {
    TRY(check_token_alive(opened, viewer.claims));
    const std::vector<Card> before = opened.cards;
    TRY(change_card(opened, card, wanted.appearance));
    if (opened.cards != before) change.audit("card.changed", {{"card", card.text()}});
    TRY(decide_channel_change(vault, opened, change, card, wanted.channels));
    after = opened;
    return opened.cards != before;
  };
  TRY(change_wallet(vault, viewer.wallet.id, viewer_actor(viewer), decide));
  return after;
}

}  // namespace cardvault
