#include "vault/cards/bind_card.h"

#include "vault/cards/wallet_cards.h"
#include "vault/change/blind_index.h"
#include "vault/change/pan_record.h"
#include "vault/closing/change_channels.h"

namespace cardvault {
namespace {

Card make_card(const CardVault& vault, const NewCard& wanted, const KeyedDigest& fingerprint) {
  const BinMatch match = vault.banks.match(wanted.pan);
  Card card;
  card.bound_at = vault.clock.now();
  card.id = wanted.id ? *wanted.id : CardId::make(card.bound_at, vault.random);
  card.fingerprint = fingerprint;
  card.bank_code = match.bank_code;
  card.funding = match.funding;
  card.kind = match.kind;
  card.scheme = wanted.pan.scheme();
  card.luhn_valid = wanted.pan.luhn_valid();
  card.first6 = wanted.pan.first6();
  card.last4 = wanted.pan.last4();
  card.channels = wanted.channels;
  return card;
}

}  // namespace

Result<Answer> import_card(const CardVault& vault, const WalletId& wallet, const Actor& actor,
                           const NewCard& wanted, const std::optional<Idempotency>& idempotency,
                           const RenderCard& render) {
  TRY(require_configured(vault, wanted.channels, "channels"));
  TRY_VALUE(const auto number, pan_fingerprints(vault, wanted.pan));
  const Card card = make_card(vault, wanted, number.current());
  TRY_VALUE(const auto pan,
            PanRecord(vault, wallet, card.id).seal(wanted.pan, wanted.holder_name, wanted.phone));
  const auto decide = [&](Wallet& opened, WalletChange& change) -> Result<Answer> {
    TRY(opened.require_active());
    TRY(add_card(opened, card, number));
    change.put_pans.emplace_back(card.id, pan);
    change.add_index.push_back({IndexKind::pan_fingerprint, card.fingerprint.value});
    change.audit("card.bound", {{"card", card.id.text()}, {"how", "import"}});
    return render(opened, opened.cards.back());
  };
  return change_wallet_once(vault, wallet, actor, idempotency, decide);
}

}  // namespace cardvault
