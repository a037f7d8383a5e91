#include "vault/use_cases/deregister_card.h"

namespace cardvault {
namespace {

Deregistration start(const Vault& vault, const CardId& card, const std::string& reason, Time now) {
  Deregistration made;
  made.id = DeregistrationId::make(now, vault.random);
  made.card = card;
  made.reason = reason;
  made.requested_at = now;
  return made;
}

}  // namespace

Result<Answer> deregister_card(const Vault& vault, const WalletId& wallet, const Actor& actor,
                               const CardId& card, const std::string& reason,
                               const std::optional<Idempotency>& idempotency,
                               const RenderDeregistration& render) {
  const auto decide = [&](Wallet& opened, WalletChange& change) -> Result<Answer> {
    if (const Deregistration* done = opened.find_deregistration_of(card)) {
      Answer answer = render(*done);
      answer.created = false;
      return answer;
    }
    const Card* bound = opened.find_card(card);
    if (bound == nullptr) {
      return fail(ErrorCode::card_not_found, "The wallet has no such card.");
    }
    change.remove_index.push_back({IndexKind::pan_fingerprint, bound->fingerprint});
    change.delete_pans.push_back(card);
    const auto made = opened.deregister(start(vault, card, reason, change.now()));
    if (!made) return fail(made.error());
    change.audit(
        "card.deregistered",
        {{"card", card.text()}, {"deregistration", (*made)->id.text()}, {"reason", reason}});
    return render(**made);
  };
  return change_wallet_once(vault, wallet, actor, idempotency, decide);
}

Result<Deregistration> read_deregistration(const Vault& vault, const WalletId& wallet,
                                           const DeregistrationId& id) {
  const auto opened = open_wallet(vault, wallet);
  if (!opened) return fail(opened.error());
  const Deregistration* found = opened->wallet.find_deregistration(id);
  if (found == nullptr) {
    return fail(ErrorCode::deregistration_not_found, "The wallet has no such deregistration.");
  }
  return *found;
}

}  // namespace cardvault
