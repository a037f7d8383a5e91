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

/// Checks that every channel of `channels` is configured. If one is not, the vault could never tell
/// it to close again, so this fails with invalid_request (not_configured) for `field`.
[[nodiscard]] Status require_configured(const ClosingVault& vault, const ChannelSet& channels,
                                        std::string_view field);

/// Makes only the decision, for changes that do more in the same commit. Opening an open channel
/// and closing a closed one are no-ops. Errors: card_not_found, channel_closing, limit_reached,
/// invalid_request.
[[nodiscard]] Status decide_channel_change(const ClosingVault& vault, Wallet& wallet,
                                           WalletChange& change, const CardId& card,
                                           const ChannelChange& wanted);

/// Changes channels for a backend and returns the changed wallet. Errors: wallet_not_found,
/// wallet_closed, and those of decide_channel_change().
[[nodiscard]] Result<Wallet> change_channels(const ClosingVault& vault, const WalletId& wallet,
                                             const Actor& actor, const CardId& card,
                                             const ChannelChange& wanted);

using RenderDeregistrations = std::function<Answer(const std::vector<Deregistration>&)>;

/// Withdraws the user's consent to one channel. That channel is closed for every card of the wallet
/// that was opened for it; other channels stay. Renders the deregistrations that were made, if any.
/// The audit log records the withdrawal in every case. Errors: wallet_not_found,
/// idempotency_key_reused.
[[nodiscard]] Result<Answer> withdraw_consent(const ClosingVault& vault, const WalletId& wallet,
                                              const Actor& actor, Channel channel,
                                              const std::optional<Idempotency>& idempotency,
                                              const RenderDeregistrations& render);

}  // namespace cardvault
