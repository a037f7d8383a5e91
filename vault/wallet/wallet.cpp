#include "vault/wallet/wallet.h"

#include <algorithm>
#include <string>

#include "base/find.h"
#include "vault/wallet/error_codes.h"

namespace cardvault {

Status Wallet::require_active() const {
  if (state == WalletState::frozen) {
    return fail(WalletError::wallet_frozen, "The wallet is frozen.");
  }
  return require_open();
}

Status Wallet::require_open() const {
  if (state != WalletState::closed) return {};
  return fail(WalletError::wallet_closed, "The wallet is closed. This is final.");
}

Result<std::vector<Card>::iterator> Wallet::require_card(const CardId& card) {
  const auto found = std::ranges::find(cards, card, &Card::id);
  if (found != cards.end()) return found;
  return fail(WalletError::card_not_found, "The wallet has no such card.");
}

const Card* Wallet::find_card(const CardId& card) const {
  return find_by(cards, card, &Card::id);
}

Status Wallet::require_room_for_deregistration() const {
  const auto closed = std::ranges::count_if(deregistrations, &Deregistration::is_closed);
  if (deregistrations.size() - static_cast<std::size_t>(closed) < kMaxOpenDeregistrations)
    return {};
  return fail(
      ErrorCode::limit_reached,
      "The limit of " + std::to_string(kMaxOpenDeregistrations) +
          " open deregistrations per wallet is reached. Try again when one of them is closed.");
}

std::optional<Time> Wallet::next_due() const {
  std::optional<Time> earliest;
  for (const Deregistration& one : deregistrations) {
    const auto due = one.next_due();
    if (due && (!earliest || *due < *earliest)) earliest = due;
  }
  return earliest;
}

}  // namespace cardvault
