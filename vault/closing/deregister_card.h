#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "vault/change/wallet_change.h"
#include "vault/closing/closing_vault.h"

namespace cardvault {

/// Checks on the wallet that is being changed whether the caller may still make this change. Empty:
/// no check.
using Admission = std::function<Status(const Wallet&)>;
using RenderDeregistration = std::function<Answer(const Deregistration&)>;

/// Ends a card for good in one commit. The card leaves the list and its tokens are dead. Its PAN
/// record is destroyed and its fingerprint leaves the index. The commit writes a deregistration
/// with a deadline and one open closure per channel; a worker processes these later. If the card is
/// already deregistered, the answer is the same deregistration (created = false). Errors:
/// wallet_not_found, card_not_found, idempotency_key_reused, key_unavailable, and those of
/// `admission`.
[[nodiscard]] Result<Answer> deregister_card(const ClosingVault& vault, const WalletId& wallet,
                                             const Actor& actor, const CardId& card,
                                             const std::string& reason,
                                             const std::optional<Idempotency>& idempotency,
                                             const RenderDeregistration& render,
                                             const Admission& admission = {});

/// A bank's message that it has cancelled a card.
struct Cancellation {
  Pan pan;
  std::string reason;
  std::optional<Time> occurred_at = {};  ///< later-bound cards are other cards; empty: all
};

/// Ends the card in every wallet that holds the number, with one commit per wallet. If a wallet
/// cannot be changed, the others are still changed. That wallet stays in the index, so a retry of
/// the same event finds it again. Returns the number of ended cards, or the first failure:
/// store_unavailable, write_conflict, key_unavailable, record_corrupt.
[[nodiscard]] Result<std::size_t> cancel_card_everywhere(const ClosingVault& vault,
                                                         const Actor& actor,
                                                         const Cancellation& event);

/// Returns the deregistrations, oldest first. Errors: wallet_not_found.
[[nodiscard]] Result<std::vector<Deregistration>> list_deregistrations(const ClosingVault& vault,
                                                                       const WalletId& wallet);
/// Errors: wallet_not_found, deregistration_not_found.
[[nodiscard]] Result<Deregistration> read_deregistration(const ClosingVault& vault,
                                                         const WalletId& wallet,
                                                         const DeregistrationId& id);

}  // namespace cardvault
