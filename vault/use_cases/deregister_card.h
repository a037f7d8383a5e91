#pragma once

#include <functional>
#include <optional>
#include <string>

#include "vault/use_cases/wallet_change.h"

namespace cardvault {

using RenderDeregistration = std::function<Answer(const Deregistration&)>;

/// Ends a card for good in one commit: it leaves the list, tokens scoped to it are dead, its PAN
/// record is destroyed and its fingerprint leaves the index, and a deregistration with a closure
/// per channel is written. No channel has a far end to tell, so every closure is closed at once.
/// The same card again answers with the same deregistration (created = false).
/// wallet_not_found, card_not_found, idempotency_key_reused.
[[nodiscard]] Result<Answer> deregister_card(const Vault& vault, const WalletId& wallet,
                                             const Actor& actor, const CardId& card,
                                             const std::string& reason,
                                             const std::optional<Idempotency>& idempotency,
                                             const RenderDeregistration& render);

/// wallet_not_found, deregistration_not_found.
[[nodiscard]] Result<Deregistration> read_deregistration(const Vault& vault, const WalletId& wallet,
                                                         const DeregistrationId& id);

}  // namespace cardvault
