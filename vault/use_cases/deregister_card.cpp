#include "vault/use_cases/deregister_card.h"

#include <algorithm>

#include "vault/use_cases/bind_card.h"
#include "vault/use_cases/endings.h"

namespace cardvault {
namespace {

Deregistration with_current_deadline(const Vault& vault, Deregistration one) {
  const Deadline deadline = current_deadline(vault, one);
  one.deadline = deadline.at;
  one.deadline_provisional = deadline.provisional;
  return one;
}

/// False when the wallet does not hold the card any more.
Result<bool> cancel_card_in(const Vault& vault, const WalletId& wallet, const Actor& actor,
                            const Digest& fingerprint, const std::string& reason) {
  bool ended = false;
  const auto changed = change_wallet(
      vault, wallet, actor, [&](Wallet& opened, WalletChange& change) -> Result<bool> {
        const auto card = std::ranges::find(opened.cards, fingerprint, &Card::fingerprint);
        ended = card != opened.cards.end();
        if (!ended) return false;
        const auto done = end_card(vault, opened, change, card->id, reason);
        if (!done) return fail(done.error());
        return true;
      });
  if (!changed && changed.error().code == ErrorCode::wallet_not_found) return false;
  if (!changed) return fail(changed.error());
  return ended;
}

}  // namespace

Result<Answer> deregister_card(const Vault& vault, const WalletId& wallet, const Actor& actor,
                               const CardId& card, const std::string& reason,
                               const std::optional<Idempotency>& idempotency,
                               const RenderDeregistration& render) {
  const auto decide = [&](Wallet& opened, WalletChange& change) -> Result<Answer> {
    if (const Deregistration* done = opened.find_deregistration_of(card)) {
      Answer answer = render(with_current_deadline(vault, *done));
      answer.created = false;
      return answer;
    }
    const auto made = end_card(vault, opened, change, card, reason);
    if (!made) return fail(made.error());
    return render(*made);
  };
  return change_wallet_once(vault, wallet, actor, idempotency, decide);
}

Result<std::size_t> cancel_card_everywhere(const Vault& vault, const Actor& actor, const Pan& pan,
                                           const std::string& reason) {
  const auto fingerprint = pan_fingerprint(vault, pan);
  if (!fingerprint) return fail(fingerprint.error());
  const auto holders = vault.store.find({IndexKind::pan_fingerprint, *fingerprint});
  if (!holders) return fail(holders.error());
  std::size_t count = 0;
  for (const WalletId& wallet : *holders) {
    const auto ended = cancel_card_in(vault, wallet, actor, *fingerprint, reason);
    if (!ended) return fail(ended.error());
    if (*ended) ++count;
  }
  return count;
}

Result<std::vector<Deregistration>> list_deregistrations(const Vault& vault,
                                                         const WalletId& wallet) {
  auto opened = open_wallet(vault, wallet);
  if (!opened) return fail(opened.error());
  std::vector<Deregistration> all;
  for (Deregistration& one : opened->wallet.deregistrations) {
    all.push_back(with_current_deadline(vault, std::move(one)));
  }
  return all;
}

Result<Deregistration> read_deregistration(const Vault& vault, const WalletId& wallet,
                                           const DeregistrationId& id) {
  const auto opened = open_wallet(vault, wallet);
  if (!opened) return fail(opened.error());
  const Deregistration* found = opened->wallet.find_deregistration(id);
  if (found == nullptr) {
    return fail(ErrorCode::deregistration_not_found, "The wallet has no such deregistration.");
  }
  return with_current_deadline(vault, *found);
}

}  // namespace cardvault
