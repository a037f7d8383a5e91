#pragma once

#include <optional>
#include <string>
#include <vector>

#include "vault/use_cases/wallet_change.h"

namespace cardvault {

/// Opens or closes one channel of a card.
struct ChannelChange {
  std::optional<Channel> open = {};
  std::optional<Channel> close = {};
  std::string reason = "channel_closed";
};

/// Why a channel may not be opened: invalid_request (not_configured) when it could never be told to
/// close again.
[[nodiscard]] Status require_configured(const Vault& vault, const ChannelSet& channels);

/// The decision alone, for changes that do more in the same commit. Closing what is not open and
/// opening what is changes nothing. card_not_found, channel_closing, limit_reached,
/// invalid_request.
[[nodiscard]] Status decide_channel_change(const Vault& vault, Wallet& wallet, WalletChange& change,
                                           const CardId& card, const ChannelChange& wanted);

/// On a backend's behalf; the wallet afterwards. wallet_not_found, wallet_closed and as above.
[[nodiscard]] Result<Wallet> change_channels(const Vault& vault, const WalletId& wallet,
                                             const Actor& actor, const CardId& card,
                                             const ChannelChange& wanted);

/// The user no longer agrees to be shown on one channel: it is closed for every card of the wallet
/// that was opened for it, and for nothing else. The deregistrations made. wallet_not_found.
[[nodiscard]] Result<std::vector<Deregistration>> withdraw_consent(const Vault& vault,
                                                                   const WalletId& wallet,
                                                                   const Actor& actor,
                                                                   Channel channel);

}  // namespace cardvault
