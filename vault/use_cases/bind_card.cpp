#include "vault/use_cases/bind_card.h"

#include "vault/use_cases/change_channels.h"
#include "vault/use_cases/lookup.h"
#include "vault/use_cases/pan_record.h"

namespace cardvault {
namespace {

Card make_card(const Vault& vault, const NewCard& wanted, const KeyedDigest& fingerprint) {
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

Result<KeyedDigests> pan_fingerprints(const Vault& vault, const Pan& pan) {
  return digests_of(vault.keyring, Purpose::pan_fingerprint, "pan",
                    {as_bytes(pan.digits().expose())});
}

Result<Answer> import_card(const Vault& vault, const WalletId& wallet, const Actor& actor,
                           const NewCard& wanted, const std::optional<Idempotency>& idempotency,
                           const RenderCard& render) {
  if (const auto known = require_configured(vault, wanted.channels, "channels"); !known) {
    return fail(known.error());
  }
  const auto number = pan_fingerprints(vault, wanted.pan);
  if (!number) return fail(number.error());
  const Card card = make_card(vault, wanted, number->current());
  const auto pan =
      PanRecord(vault, wallet, card.id).seal(wanted.pan, wanted.holder_name, wanted.phone);
  if (!pan) return fail(pan.error());
  const auto decide = [&](Wallet& opened, WalletChange& change) -> Result<Answer> {
    if (const auto active = opened.require_active(); !active) return fail(active.error());
    if (const auto bound = opened.bind_card(card, *number); !bound) return fail(bound.error());
    change.put_pans.emplace_back(card.id, *pan);
    change.add_index.push_back({IndexKind::pan_fingerprint, card.fingerprint.value});
    change.audit("card.bound", {{"card", card.id.text()}, {"how", "import"}});
    return render(opened, opened.cards.back());
  };
  return change_wallet_once(vault, wallet, actor, idempotency, decide);
}

}  // namespace cardvault
