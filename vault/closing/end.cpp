#include "vault/closing/end.h"

#include "vault/closing/receipt.h"
#include "vault/closing/wallet_closures.h"
#include "vault/wallet/error_codes.h"

namespace cardvault {
namespace {

Deregistration begin(const ClosingVault& vault, const CardId& card, const std::string& reason,
                     Time now) {
  const Deadline deadline = vault.deadlines.after(now);
  Deregistration made;
  made.id = DeregistrationId::make(now, vault.random);
  made.card = card;
  made.reason = reason;
  made.requested_at = now;
  made.deadline = deadline.at;
  made.deadline_provisional = deadline.provisional;
  return made;
}

}  // namespace

Result<Deregistration> end_card(const ClosingVault& vault, Wallet& wallet, WalletChange& change,
                                const CardId& card, const std::string& reason) {
  const Card* bound = wallet.find_card(card);
  if (bound == nullptr) return fail(WalletError::card_not_found, "The wallet has no such card.");
  change.remove_index.push_back({IndexKind::pan_fingerprint, bound->fingerprint.value});
  change.delete_pans.push_back(card);
  TRY_VALUE(const auto made, end_card(wallet, begin(vault, card, reason, change.now())));
  change.audit("card.deregistered",
               {{"card", card.text()}, {"deregistration", made->id.text()}, {"reason", reason}});
  if (made->is_closed()) {
    TRY(finish(vault, wallet.id, change, *made));
  }
  Deregistration ended = *made;
  forget_done_deregistrations(wallet);
  return ended;
}

Status end_all_cards(const ClosingVault& vault, Wallet& wallet, WalletChange& change,
                     const std::string& reason) {
  while (!wallet.cards.empty()) {
    TRY(end_card(vault, wallet, change, wallet.cards.back().id, reason));
  }
  return {};
}

Result<std::optional<Deregistration>> end_channel(const ClosingVault& vault, Wallet& wallet,
                                                  WalletChange& change, const CardId& card,
                                                  Channel channel, const std::string& reason) {
  TRY_VALUE(const auto made,
            close_channel(wallet, begin(vault, card, reason, change.now()), channel));
  if (made == nullptr) return std::nullopt;
  change.audit("card.channel_closed", {{"card", card.text()},
                                       {"channel", std::string(channel_name(channel))},
                                       {"deregistration", made->id.text()},
                                       {"reason", reason}});
  return *made;
}

Status finish(const ClosingVault& vault, const WalletId& wallet, WalletChange& change,
              Deregistration& closed) {
  TRY_VALUE(const auto sealed, seal_receipt(vault.keyring, wallet, closed, change.now()));
  closed.receipt = sealed;
  change.audit("deregistration.closed",
               {{"deregistration", closed.id.text()}, {"receipt", render_receipt(wallet, closed)}});
  return {};
}

}  // namespace cardvault
