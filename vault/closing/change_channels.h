#pragma once

#include <optional>
#include <string>
#include <vector>

#include "vault/change/wallet_change.h"
#include "vault/closing/closing_vault.h"

namespace cardvault {

/// Opens or closes one channel of a card.
struct ChannelChange {
  std::optional<Channel> open = {};
  std::optional<Channel> close = {};
  std::string reason = "channel_closed";
};

/// invalid_request (not_configured) for `field` when one of `channels` could never be told to close
/// again.
[[nodiscard]] Status require_configured(const ClosingVault& vault, const ChannelSet& channels,
                                        std::string_view field);

/// The decision alone, for changes that do more in the same commit. Closing what is not open and
/// opening what is changes nothing. card_not_found, channel_closing, limit_reached,
/// invalid_request.
[[nodiscard]] Status decide_channel_change(const ClosingVault& vault, Wallet& wallet,
                                           WalletChange& change, const CardId& card,
                                           const ChannelChange& wanted);

/// On a backend's behalf; the wallet afterwards. wallet_not_found, wallet_closed and as above.
[[nodiscard]] Result<Wallet> change_channels(const ClosingVault& vault, const WalletId& wallet,
                                             const Actor& actor, const CardId& card,
                                             const ChannelChange& wanted);

using RenderDeregistrations = std::function<Answer(const std::vector<Deregistration>&)>;

/// The user no longer agrees to be shown on one channel: it is closed for every card of the wallet
/// that was opened for it, and for nothing else. Renders the deregistrations made, if any; that it
/// was withdrawn is in the audit log either way. wallet_not_found, idempotency_key_reused.
[[nodiscard]] Result<Answer> withdraw_consent(const ClosingVault& vault, const WalletId& wallet,
                                              const Actor& actor, Channel channel,
                                              const std::optional<Idempotency>& idempotency,
                                              const RenderDeregistrations& render);

}  // namespace cardvault
