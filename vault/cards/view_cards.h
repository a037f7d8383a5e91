#pragma once

#include <string_view>
#include <vector>

#include "vault/access/manage_tokens.h"
#include "vault/closing/change_channels.h"

namespace cardvault {

/// Who looks, proven by a view token.
struct Viewer {
  TokenClaims claims;
  Wallet wallet;
};

/// Verifies the token first and reads the wallet only for one that verifies, that has not expired
/// and that has `needed`; then one read, and never a PAN record. token_invalid, token_expired,
/// token_wrong_device, insufficient_scope, token_revoked, wallet_frozen.
[[nodiscard]] Result<Viewer> admit_viewer(const Vault& vault, std::string_view token,
                                          std::string_view device_header, Scope needed);

/// The cards this viewer's list shows, in order: those opened for the token's channel, or the one
/// card the token is scoped to.
[[nodiscard]] std::vector<const Card*> visible_cards(const Viewer& viewer);

/// card_not_found also for a card that exists but that this viewer's list does not show.
[[nodiscard]] Result<const Card*> visible_card(const Viewer& viewer, const CardId& card);

/// What a viewer may change of a card in one request.
struct ViewerChange {
  CardChange appearance;
  ChannelChange channels;
};

/// Changes a card on the viewer's behalf, in one commit; the wallet afterwards. insufficient_scope
/// for channels with a token that lacks card:channels, or is for another channel; else as
/// Wallet::change_card and decide_channel_change.
[[nodiscard]] Result<Wallet> change_card(const ClosingVault& vault, const Viewer& viewer,
                                         const CardId& card, const ViewerChange& wanted);

/// "device:dev_..."
[[nodiscard]] Actor viewer_actor(const Viewer& viewer);

}  // namespace cardvault
