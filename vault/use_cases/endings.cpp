#include "vault/use_cases/endings.h"

#include "vault/receipt/receipt.h"

namespace cardvault {
namespace {

Deregistration begin(const Vault& vault, const CardId& card, const std::string& reason, Time now) {
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

Result<Deregistration> end_card(const Vault& vault, Wallet& wallet, WalletChange& change,
                                const CardId& card, const std::string& reason) {
  const Card* bound = wallet.find_card(card);
  if (bound == nullptr) return fail(ErrorCode::card_not_found, "The wallet has no such card.");
  change.remove_index.push_back({IndexKind::pan_fingerprint, bound->fingerprint.value});
  change.delete_pans.push_back(card);
  const auto made = wallet.deregister(begin(vault, card, reason, change.now()));
  if (!made) return fail(made.error());
  change.audit("card.deregistered",
               {{"card", card.text()}, {"deregistration", (*made)->id.text()}, {"reason", reason}});
  if ((*made)->is_closed()) {
    if (const auto done = finish(vault, wallet.id, change, **made); !done)
      return fail(done.error());
  }
  Deregistration ended = **made;
  wallet.forget_done_deregistrations();
  return ended;
}

Status end_all_cards(const Vault& vault, Wallet& wallet, WalletChange& change,
                     const std::string& reason) {
  while (!wallet.cards.empty()) {
    const auto ended = end_card(vault, wallet, change, wallet.cards.back().id, reason);
    if (!ended) return fail(ended.error());
  }
  return {};
}

Result<std::optional<Deregistration>> end_channel(const Vault& vault, Wallet& wallet,
                                                  WalletChange& change, const CardId& card,
                                                  Channel channel, const std::string& reason) {
  const auto made = wallet.close_channel(begin(vault, card, reason, change.now()), channel);
  if (!made) return fail(made.error());
  if (*made == nullptr) return std::nullopt;
  change.audit("card.channel_closed", {{"card", card.text()},
                                       {"channel", std::string(channel_name(channel))},
                                       {"deregistration", (*made)->id.text()},
                                       {"reason", reason}});
  return **made;
}

Status finish(const Vault& vault, const WalletId& wallet, WalletChange& change,
              Deregistration& closed) {
  const auto sealed = seal_receipt(vault.keyring, wallet, closed, change.now());
  if (!sealed) return fail(sealed.error());
  closed.receipt = *sealed;
  change.audit("deregistration.closed",
               {{"deregistration", closed.id.text()}, {"receipt", render_receipt(wallet, closed)}});
  return {};
}

}  // namespace cardvault
