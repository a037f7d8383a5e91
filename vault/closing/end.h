#pragma once

#include <string>
#include <vector>

#include "vault/change/wallet_change.h"
#include "vault/closing/closing_vault.h"

namespace cardvault {

// Decisions that several use cases share: what belongs to the end of a card or of one channel.

/// Ends a card in `wallet`: its number is destroyed, its fingerprint leaves the index, its
/// deregistration is written with deadline and closures, and a receipt with it when there is no
/// channel to tell. card_not_found, key_unavailable.
[[nodiscard]] Result<Deregistration> end_card(const ClosingVault& vault, Wallet& wallet,
                                              WalletChange& change, const CardId& card,
                                              const std::string& reason);

/// Ends every card of `wallet`. key_unavailable.
[[nodiscard]] Status end_all_cards(const ClosingVault& vault, Wallet& wallet, WalletChange& change,
                                   const std::string& reason);

/// Ends one channel of a card; nullopt when the card was not opened for it. card_not_found.
[[nodiscard]] Result<std::optional<Deregistration>> end_channel(const ClosingVault& vault,
                                                                Wallet& wallet,
                                                                WalletChange& change,
                                                                const CardId& card, Channel channel,
                                                                const std::string& reason);

/// Signs the receipt of one that has just been closed, and writes it into the audit log, which
/// outlives the wallet's memory of its deregistrations. key_unavailable.
[[nodiscard]] Status finish(const ClosingVault& vault, const WalletId& wallet, WalletChange& change,
                            Deregistration& closed);

}  // namespace cardvault
