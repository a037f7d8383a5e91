#include "vault/closing/deregister_card.h"

#include <algorithm>

#include "vault/change/blind_index.h"
#include "vault/change/pan_record.h"
#include "vault/closing/end.h"
#include "vault/closing/error_codes.h"
#include "vault/closing/wallet_closures.h"
#include "vault/wallet/error_codes.h"

namespace cardvault {
namespace {

/// Returns false if the wallet does not hold the card, or bound it only after the cancellation.
Result<bool> cancel_card_in(const ClosingVault& vault, const WalletId& wallet, const Actor& actor,
                            const KeyedDigests& number, const Cancellation& event) {
  bool ended = false;
  const auto changed = change_wallet(
      vault, wallet, actor, [&](Wallet& opened, WalletChange& change) -> Result<bool> {
        const auto card = std::ranges::find_if(
            opened.cards, [&](const Card& one) { return number.has(one.fingerprint.value); });
        ended = card != opened.cards.end() &&
                (!event.occurred_at || card->bound_at <= *event.occurred_at);
        if (!ended) return false;
        TRY(end_card(vault, opened, change, card->id, event.reason));
        return true;
      });
  if (!changed && changed.error().code == WalletError::wallet_not_found) return false;
  if (!changed) return fail(changed.error());
  return ended;
}

}  // namespace

Result<Answer> deregister_card(const ClosingVault& vault, const WalletId& wallet,
                               const Actor& actor, const CardId& card, const std::string& reason,
                               const std::optional<Idempotency>& idempotency,
                               const RenderDeregistration& render, const Admission& admission) {
  const auto decide = [&](Wallet& opened, WalletChange& change) -> Result<Answer> {
    if (admission) {
      TRY(admission(opened));
    }
    if (const Deregistration* done = find_deregistration_of(opened, card)) {
      Answer answer = render(*done);
      answer.created = false;
      return answer;
    }
    TRY_VALUE(const auto made, end_card(vault, opened, change, card, reason));
    return render(made);
  };
  return change_wallet_once(vault, wallet, actor, idempotency, decide);
}

Result<std::size_t> cancel_card_everywhere(const ClosingVault& vault, const Actor& actor,
                                           const Cancellation& event) {
  TRY_VALUE(const auto number, pan_fingerprints(vault, event.pan));
  TRY_VALUE(const auto holders, find_wallets(vault.store, IndexKind::pan_fingerprint, number));
  std::size_t count = 0;
  std::optional<Error> first_error;
  for (const WalletId& wallet : holders) {
    const auto ended = cancel_card_in(vault, wallet, actor, number, event);
    if (ended && *ended) ++count;
    if (!ended && !first_error) first_error = ended.error();
  }
  if (first_error) return fail(std::move(*first_error));
  return count;
}

Result<std::vector<Deregistration>> list_deregistrations(const ClosingVault& vault,
                                                         const WalletId& wallet) {
  TRY_VALUE(auto opened, open_wallet(vault, wallet));
  return std::move(opened.wallet.deregistrations);
}

Result<Deregistration> read_deregistration(const ClosingVault& vault, const WalletId& wallet,
                                           const DeregistrationId& id) {
  TRY_VALUE(const auto opened, open_wallet(vault, wallet));
  const Deregistration* found = find_deregistration(opened.wallet, id);
  if (found == nullptr) {
    return fail(ClosingError::deregistration_not_found, "The wallet has no such deregistration.");
  }
  return *found;
}

}  // namespace cardvault
