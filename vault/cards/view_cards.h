#pragma once

#include <string_view>
#include <vector>

#include "vault/access/manage_tokens.h"
#include "vault/closing/change_channels.h"

namespace cardvault {

/// The user of a view token that has been verified.
struct Viewer {
  TokenClaims claims;
  Wallet wallet;
};

/// Verifies the token first. It reads the wallet only if the token is valid, has not expired and
/// has the scope `needed`. It then makes one read, and never reads a PAN record. Errors:
/// token_invalid, token_expired, token_wrong_device, insufficient_scope, token_revoked,
/// wallet_frozen.
[[nodiscard]] Result<Viewer> admit_viewer(const Vault& vault, std::string_view token,
                                          std::string_view device_header, Scope needed);

/// Returns the cards of this viewer's list in order. If the token has a channel, only the cards
/// opened for it are listed. If the token is for one card, only that card is.
[[nodiscard]] std::vector<const Card*> visible_cards(const Viewer& viewer);

/// If the card exists but this viewer's list does not show it, the error is card_not_found too.
[[nodiscard]] Result<const Card*> visible_card(const Viewer& viewer, const CardId& card);

/// The changes of a card that a viewer may make in one request.
struct ViewerChange {
  CardChange appearance;
  ChannelChange channels;
};

/// Changes a card for the viewer in one commit and returns the changed wallet. Changing channels
/// fails with insufficient_scope if the token lacks card:channels or is for another channel. Other
/// errors: card_not_found, token_revoked, wallet_frozen, and those of Wallet::change_card() and
/// decide_channel_change().
[[nodiscard]] Result<Wallet> change_card(const ClosingVault& vault, const Viewer& viewer,
                                         const CardId& card, const ViewerChange& wanted);

/// Returns "device:dev_...".
[[nodiscard]] Actor viewer_actor(const Viewer& viewer);

}  // namespace cardvault
