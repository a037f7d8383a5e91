#pragma once

#include <string>
#include <vector>

#include "vault/change/wallet_change.h"
#include "vault/closing/closing_vault.h"

namespace cardvault {

// Decisions that several use cases share: the parts of ending a card or one channel.

/// Ends a card in `wallet`. Its number is destroyed and its fingerprint leaves the index. The
/// function writes the deregistration with deadline and closures. If there is no channel to tell,
/// it also writes the receipt. Errors: card_not_found, key_unavailable.
[[nodiscard]] Result<Deregistration> end_card(const ClosingVault& vault, Wallet& wallet,
                                              WalletChange& change, const CardId& card,
                                              const std::string& reason);

/// Ends every card of `wallet`. Errors: key_unavailable.
[[nodiscard]] Status end_all_cards(const ClosingVault& vault, Wallet& wallet, WalletChange& change,
                                   const std::string& reason);

/// Ends one channel of a card. Returns nullopt if the card was not opened for it. Errors:
/// card_not_found.
[[nodiscard]] Result<std::optional<Deregistration>> end_channel(const ClosingVault& vault,
                                                                Wallet& wallet,
                                                                WalletChange& change,
                                                                const CardId& card, Channel channel,
                                                                const std::string& reason);

/// Signs the receipt of a deregistration that has just been closed, and writes the receipt into the
/// audit log. The log keeps it longer than the wallet keeps its deregistrations. Errors:
/// key_unavailable.
[[nodiscard]] Status finish(const ClosingVault& vault, const WalletId& wallet, WalletChange& change,
                            Deregistration& closed);

}  // namespace cardvault
