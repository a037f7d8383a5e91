#include "vault/use_cases/bind_card.h"

#include "crypto/keyed_hash.h"
#include "vault/use_cases/change_channels.h"
#include "vault/wallet/binary.h"

namespace cardvault {
namespace {

constexpr std::uint64_t kPanLayout = 1;

Result<SealedRecord> seal_pan(const Vault& vault, const WalletId& wallet, const CardId& card,
                              const NewCard& wanted) {
  BinaryWriter out;
  out.number(kPanLayout);
  out.text(wanted.pan.digits().expose());
  out.text(wanted.holder_name ? wanted.holder_name->expose() : "");
  out.text(wanted.phone ? wanted.phone->expose() : "");
  Bytes plain = out.take();
  const std::string owner = wallet.text();
  const std::string field = card.text();
  auto sealed = vault.sealer.seal_with_own_key(Purpose::pan_wrapping, {"pan", owner, field}, plain);
  wipe(plain);
  return sealed;
}

Result<Card> make_card(const Vault& vault, const NewCard& wanted) {
  const auto fingerprint = pan_fingerprint(vault, wanted.pan);
  if (!fingerprint) return fail(fingerprint.error());
  const BinMatch match = vault.banks.match(wanted.pan);
  Card card;
  card.bound_at = vault.clock.now();
  card.id = wanted.id ? *wanted.id : CardId::make(card.bound_at, vault.random);
  card.fingerprint = *fingerprint;
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

Result<Digest> pan_fingerprint(const Vault& vault, const Pan& pan) {
  const auto key = vault.keyring.current(Purpose::pan_fingerprint);
  if (!key) return fail(key.error());
  return keyed_hash((*key)->material.expose(), "pan", {as_bytes(pan.digits().expose())});
}

Result<Answer> import_card(const Vault& vault, const WalletId& wallet, const Actor& actor,
                           const NewCard& wanted, const std::optional<Idempotency>& idempotency,
                           const RenderCard& render) {
  if (const auto known = require_configured(vault, wanted.channels, "channels"); !known) {
    return fail(known.error());
  }
  const auto card = make_card(vault, wanted);
  if (!card) return fail(card.error());
  const auto pan = seal_pan(vault, wallet, card->id, wanted);
  if (!pan) return fail(pan.error());
  const auto decide = [&](Wallet& opened, WalletChange& change) -> Result<Answer> {
    if (const auto active = opened.require_active(); !active) return fail(active.error());
    if (const auto bound = opened.bind_card(*card); !bound) return fail(bound.error());
    change.put_pans.emplace_back(card->id, *pan);
    change.add_index.push_back({IndexKind::pan_fingerprint, card->fingerprint});
    change.audit("card.bound", {{"card", card->id.text()}, {"how", "import"}});
    return render(opened, opened.cards.back());
  };
  return change_wallet_once(vault, wallet, actor, idempotency, decide);
}

}  // namespace cardvault
