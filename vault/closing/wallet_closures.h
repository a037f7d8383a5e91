#pragma once

#include "base/result.h"
#include "vault/wallet/wallet.h"

// Deregistrations of one wallet. Each function decides and changes, or returns an error and changes
// nothing.

namespace cardvault {

/// Ends the card of `made` for good: the card leaves the list. `made` is kept with one closure, due
/// at once, for every channel that the card was opened for, and for every channel with an open
/// closure of an earlier deregistration. So no card is closed while a channel may still show it.
/// card_not_found.
[[nodiscard]] Result<Deregistration*> end_card(Wallet& wallet, Deregistration made);
/// Ends one channel of the card of `made` in the same way. nullptr if the card was not opened for
/// the channel. card_not_found.
[[nodiscard]] Result<Deregistration*> close_channel(Wallet& wallet, Deregistration made,
                                                    Channel channel);
/// channel_closing while an earlier closure of this card and channel is open: its message would
/// close what was just opened. card_not_found, limit_reached.
[[nodiscard]] Status open_channel(Wallet& wallet, const CardId& card, Channel channel);

/// The deregistration that ended a card; nullptr if there is none.
[[nodiscard]] const Deregistration* find_deregistration_of(const Wallet& wallet,
                                                           const CardId& card);
[[nodiscard]] const Deregistration* find_deregistration(const Wallet& wallet,
                                                        const DeregistrationId& wanted);
[[nodiscard]] Deregistration* find_deregistration(Wallet& wallet, const DeregistrationId& wanted);
/// Forgets the oldest closed deregistrations beyond kMaxDoneDeregistrations, those of channels
/// first.
void forget_done_deregistrations(Wallet& wallet);

}  // namespace cardvault
