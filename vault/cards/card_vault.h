#pragma once

#include "vault/cards/bank_catalogue.h"
#include "vault/closing/closing_vault.h"

namespace cardvault {

/// A vault that knows the bank of a card.
struct CardVault : ClosingVault {
  const BankCatalogue& banks;
};

}  // namespace cardvault
