#pragma once

#include <string>

#include "base/result.h"
#include "vault/wallet/wallet.h"

namespace cardvault {

/// Freezes or unfreezes. If the state changes, kills all tokens, so tokens from before a freeze
/// stay dead after it. wallet_closed.
[[nodiscard]] Status set_frozen(Wallet& wallet, bool frozen);
/// The end of the wallet: removes the user's name, devices, credentials and remembered answers and
/// kills all tokens. The caller has deregistered the cards.
void close_wallet(Wallet& wallet);
void set_locale(Wallet& wallet, std::string next);

}  // namespace cardvault
