#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "vault/change/wallet_change.h"
#include "vault/closing/closing_vault.h"

namespace cardvault {

/// Whether who asks may still do so, by the wallet that is being changed. Empty: always.
using Admission = std::function<Status(const Wallet&)>;
using RenderDeregistration = std::function<Answer(const Deregistration&)>;

/// Ends a card for good in one commit: it leaves the list, tokens scoped to it are dead, its PAN
/// record is destroyed and its fingerprint leaves the index, and a deregistration with a deadline
/// and an open closure per channel is written, which a worker then works off. The same card again
/// answers with the same deregistration (created = false). wallet_not_found, card_not_found,
/// idempotency_key_reused, key_unavailable, and what `admission` answers.
[[nodiscard]] Result<Answer> deregister_card(const ClosingVault& vault, const WalletId& wallet,
                                             const Actor& actor, const CardId& card,
                                             const std::string& reason,
                                             const std::optional<Idempotency>& idempotency,
                                             const RenderDeregistration& render,
                                             const Admission& admission = {});

/// A bank's word that it has cancelled a card.
struct Cancellation {
  Pan pan;
  std::string reason;
  std::optional<Time> occurred_at = {};  ///< cards bound later are other cards; nothing: all
};

/// Every wallet that holds the number ends its card, one commit each. A wallet that cannot be
/// changed does not keep the others from it; it is still indexed, so the same event again comes
/// back to it. The number of cards ended, or the first failure: store_unavailable, write_conflict,
/// key_unavailable, record_corrupt.
[[nodiscard]] Result<std::size_t> cancel_card_everywhere(const ClosingVault& vault,
                                                         const Actor& actor,
                                                         const Cancellation& event);

/// Oldest first. wallet_not_found.
[[nodiscard]] Result<std::vector<Deregistration>> list_deregistrations(const ClosingVault& vault,
                                                                       const WalletId& wallet);
/// wallet_not_found, deregistration_not_found.
[[nodiscard]] Result<Deregistration> read_deregistration(const ClosingVault& vault,
                                                         const WalletId& wallet,
                                                         const DeregistrationId& id);

}  // namespace cardvault
