#include "vault/closing/change_channels.h"

#include "vault/closing/end.h"
#include "vault/closing/wallet_closures.h"

namespace cardvault {

Status require_configured(const ClosingVault& vault, const ChannelSet& channels,
                          std::string_view field) {
  for (const Channel channel : channels.list()) {
    if (vault.channels.find(channel) == nullptr) {
      return fail(invalid_field(std::string(field), "not_configured"));
    }
  }
  return {};
}

Status decide_channel_change(const ClosingVault& vault, Wallet& wallet, WalletChange& change,
                             const CardId& card, const ChannelChange& wanted) {
  if (wanted.open) {
    ChannelSet opened;
    opened.insert(*wanted.open);
    TRY(require_configured(vault, opened, "open_channel"));
    const Wallet before = wallet;
    TRY(open_channel(wallet, card, *wanted.open));
    if (wallet != before) {
      change.audit("card.channel_opened",
                   {{"card", card.text()}, {"channel", std::string(channel_name(*wanted.open))}});
    }
  }
  if (!wanted.close) return {};
  TRY(end_channel(vault, wallet, change, card, *wanted.close, wanted.reason));
  return {};
}

Result<Wallet> change_channels(const ClosingVault& vault, const WalletId& wallet,
                               const Actor& actor, const CardId& card,
                               const ChannelChange& wanted) {
  Wallet after;
  TRY(change_wallet(vault, wallet, actor,
                    [&](Wallet& opened, WalletChange& change) -> Result<bool> {
                      TRY(opened.require_open());
                      const Wallet before = opened;
                      TRY(decide_channel_change(vault, opened, change, card, wanted));
                      after = opened;
                      return opened != before;
                    }));
  return after;
}

Result<Answer> withdraw_consent(const ClosingVault& vault, const WalletId& wallet,
                                const Actor& actor, Channel channel,
                                const std::optional<Idempotency>& idempotency,
                                const RenderDeregistrations& render) {
  const auto decide = [&](Wallet& opened, WalletChange& change) -> Result<Answer> {
    change.audit("consent.withdrawn", {{"channel", std::string(channel_name(channel))}});
    std::vector<CardId> cards;
    cards.reserve(opened.cards.size());
    for (const Card& card : opened.cards) cards.push_back(card.id);
    std::vector<Deregistration> made;
    for (const CardId& card : cards) {
      TRY_VALUE(auto ended, end_channel(vault, opened, change, card, channel, "consent_withdrawn"));
      if (ended) made.push_back(std::move(*ended));
    }
    return render(made);
  };
  return change_wallet_once(vault, wallet, actor, idempotency, decide);
}

}  // namespace cardvault
