#include "vault/use_cases/change_channels.h"

#include "vault/use_cases/endings.h"

namespace cardvault {

Status require_configured(const Vault& vault, const ChannelSet& channels, std::string_view field) {
  for (const Channel channel : channels.list()) {
    if (vault.channels.find(channel) == nullptr) {
      return fail(invalid_field(std::string(field), "not_configured"));
    }
  }
  return {};
}

Status decide_channel_change(const Vault& vault, Wallet& wallet, WalletChange& change,
                             const CardId& card, const ChannelChange& wanted) {
  if (wanted.open) {
    ChannelSet opened;
    opened.insert(*wanted.open);
    if (const auto known = require_configured(vault, opened, "open_channel"); !known) return known;
    const Wallet before = wallet;
    if (const auto done = wallet.open_channel(card, *wanted.open); !done) return done;
    if (wallet != before) {
      change.audit("card.channel_opened",
                   {{"card", card.text()}, {"channel", std::string(channel_name(*wanted.open))}});
    }
  }
  if (!wanted.close) return {};
  const auto ended = end_channel(vault, wallet, change, card, *wanted.close, wanted.reason);
  if (!ended) return fail(ended.error());
  return {};
}

Result<Wallet> change_channels(const Vault& vault, const WalletId& wallet, const Actor& actor,
                               const CardId& card, const ChannelChange& wanted) {
  Wallet after;
  const auto changed = change_wallet(
      vault, wallet, actor, [&](Wallet& opened, WalletChange& change) -> Result<bool> {
        if (const auto open = opened.require_open(); !open) return fail(open.error());
        const Wallet before = opened;
        const auto decided = decide_channel_change(vault, opened, change, card, wanted);
        if (!decided) return fail(decided.error());
        after = opened;
        return opened != before;
      });
  if (!changed) return fail(changed.error());
  return after;
}

Result<Answer> withdraw_consent(const Vault& vault, const WalletId& wallet, const Actor& actor,
                                Channel channel, const std::optional<Idempotency>& idempotency,
                                const RenderDeregistrations& render) {
  const auto decide = [&](Wallet& opened, WalletChange& change) -> Result<Answer> {
    change.audit("consent.withdrawn", {{"channel", std::string(channel_name(channel))}});
    std::vector<CardId> cards;
    cards.reserve(opened.cards.size());
    for (const Card& card : opened.cards) cards.push_back(card.id);
    std::vector<Deregistration> made;
    for (const CardId& card : cards) {
      auto ended = end_channel(vault, opened, change, card, channel, "consent_withdrawn");
      if (!ended) return fail(ended.error());
      if (*ended) made.push_back(std::move(**ended));
    }
    return render(made);
  };
  return change_wallet_once(vault, wallet, actor, idempotency, decide);
}

}  // namespace cardvault
