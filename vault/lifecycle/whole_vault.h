#pragma once

#include "vault/access/access_vault.h"
#include "vault/cards/card_vault.h"

namespace cardvault {

/// All views in one, for callers that use every room. Each function takes the view that it needs.
struct WholeVault : CardVault {
  WholeVault(const Vault& vault, const ChannelDirectory& directory, const DeadlineRule& rule,
             const BankCatalogue& catalogue, VerificationGate& gate, PasswordCost cost = {})
      : CardVault{{vault, directory, rule}, catalogue}, access{vault, gate, cost} {}

  operator const AccessVault&() const { return access; }  // NOLINT: as the other views

  AccessVault access;
};

}  // namespace cardvault
