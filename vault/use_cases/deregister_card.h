#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "vault/use_cases/wallet_change.h"

namespace cardvault {

/// Called with the deadline up to date.
using RenderDeregistration = std::function<Answer(const Deregistration&)>;

/// Ends a card for good in one commit: it leaves the list, tokens scoped to it are dead, its PAN
/// record is destroyed and its fingerprint leaves the index, and a deregistration with a deadline
/// and an open closure per channel is written, which a worker then works off. The same card again
/// answers with the same deregistration (created = false). wallet_not_found, card_not_found,
/// idempotency_key_reused, key_unavailable.
[[nodiscard]] Result<Answer> deregister_card(const Vault& vault, const WalletId& wallet,
                                             const Actor& actor, const CardId& card,
                                             const std::string& reason,
                                             const std::optional<Idempotency>& idempotency,
                                             const RenderDeregistration& render);

/// The bank's word that a card is cancelled: every wallet that holds the number ends its card, one
/// commit each. What a failure leaves undone is still indexed, so the same event again goes on from
/// there. The number of cards ended. store_unavailable, write_conflict, key_unavailable.
[[nodiscard]] Result<std::size_t> cancel_card_everywhere(const Vault& vault, const Actor& actor,
                                                         const Pan& pan, const std::string& reason);

/// With their deadlines up to date, oldest first. wallet_not_found.
[[nodiscard]] Result<std::vector<Deregistration>> list_deregistrations(const Vault& vault,
                                                                       const WalletId& wallet);
/// wallet_not_found, deregistration_not_found.
[[nodiscard]] Result<Deregistration> read_deregistration(const Vault& vault, const WalletId& wallet,
                                                         const DeregistrationId& id);

}  // namespace cardvault
