#include "vault/closing/wallet_closures.h"

#include <algorithm>
#include <utility>

#include "base/find.h"
#include "vault/closing/error_codes.h"

namespace cardvault {
namespace {

ChannelSet channels_being_closed(const Wallet& wallet, const CardId& card) {
  ChannelSet closing;
  for (const Deregistration& one : wallet.deregistrations) {
    if (one.card != card) continue;
    for (const Closure& closure : one.closures) {
      if (closure.is_open()) closing.insert(closure.channel);
    }
  }
  return closing;
}

}  // namespace

Result<Deregistration*> end_card(Wallet& wallet, Deregistration made) {
  TRY_VALUE(const auto found, wallet.require_card(made.card));
  made.extent = Extent::card;
  made.last4 = found->last4;
  const ChannelSet closing = channels_being_closed(wallet, found->id);
  const ChannelSet concerned(static_cast<std::uint8_t>(found->channels.bits() | closing.bits()));
  for (const Channel channel : concerned.list()) {
    made.closures.push_back({.channel = channel, .next_attempt_at = made.requested_at});
  }
  const bool was_default = found->is_default;
  wallet.cards.erase(found);
  if (was_default && !wallet.cards.empty()) wallet.cards.front().is_default = true;
  wallet.list_changed();
  return &wallet.deregistrations.emplace_back(std::move(made));
}

Result<Deregistration*> close_channel(Wallet& wallet, Deregistration made, Channel channel) {
  TRY_VALUE(const auto found, wallet.require_card(made.card));
  if (!found->channels.has(channel)) return nullptr;
  found->channels.erase(channel);
  wallet.list_changed();
  made.extent = Extent::channel;
  made.last4 = found->last4;
  made.closures.push_back({.channel = channel, .next_attempt_at = made.requested_at});
  return &wallet.deregistrations.emplace_back(std::move(made));
}

Status open_channel(Wallet& wallet, const CardId& card, Channel channel) {
  TRY_VALUE(const auto found, wallet.require_card(card));
  if (found->channels.has(channel)) return {};
  if (channels_being_closed(wallet, card).has(channel)) {
    return fail(
        ClosingError::channel_closing,
        "This channel of the card is still being closed. Try again when its closure is closed.");
  }
  TRY(wallet.require_room_for_deregistration());
  found->channels.insert(channel);
  wallet.list_changed();
  return {};
}

const Deregistration* find_deregistration_of(const Wallet& wallet, const CardId& card) {
  const auto found = std::ranges::find_if(wallet.deregistrations, [&](const Deregistration& one) {
    return one.card == card && one.extent == Extent::card;
  });
  return found == wallet.deregistrations.end() ? nullptr : &*found;
}

const Deregistration* find_deregistration(const Wallet& wallet, const DeregistrationId& wanted) {
  return find_by(wallet.deregistrations, wanted, &Deregistration::id);
}

Deregistration* find_deregistration(Wallet& wallet, const DeregistrationId& wanted) {
  return find_by(wallet.deregistrations, wanted, &Deregistration::id);
}

void forget_done_deregistrations(Wallet& wallet) {
  auto done = static_cast<std::size_t>(
      std::ranges::count_if(wallet.deregistrations, &Deregistration::is_closed));
  for (const Extent first : {Extent::channel, Extent::card}) {
    std::erase_if(wallet.deregistrations, [&](const Deregistration& one) {
      if (done <= kMaxDoneDeregistrations || !one.is_closed() || one.extent != first) return false;
      --done;
      return true;
    });
  }
}

}  // namespace cardvault
