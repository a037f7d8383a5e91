#pragma once

#include "vault/cards/bank_catalogue.h"
#include "vault/closing/closing_vault.h"

namespace cardvault {

/// A vault that knows which bank a card is of.
struct CardVault : ClosingVault {
  const BankCatalogue& banks;
};

}  // namespace cardvault
