#include "vault/lifecycle/wallet_state.h"

#include <utility>

namespace cardvault {

Status set_frozen(Wallet& wallet, bool frozen) {
  TRY(wallet.require_open());
  const auto next = frozen ? WalletState::frozen : WalletState::active;
  if (wallet.state == next) return {};
  wallet.state = next;
  wallet.kill_all_tokens();
  return {};
}

void close_wallet(Wallet& wallet) {
  wallet.state = WalletState::closed;
  wallet.subject_text.clear();
  wallet.devices.clear();
  wallet.credentials.clear();
  wallet.revoked_tokens.clear();
  wallet.answers.clear();
  wallet.kill_all_tokens();
}

void set_locale(Wallet& wallet, std::string next) {
  if (wallet.locale == next) return;
  wallet.locale = std::move(next);
  wallet.list_changed();
}

}  // namespace cardvault
