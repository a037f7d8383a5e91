#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "vault/change/vault.h"

namespace cardvault {

/// What can be wrong with what is stored of a wallet.
enum class Damage : std::uint8_t {
  wallet_unreadable,  ///< the wallet record does not open, or its rows cannot be read
  number_missing,     ///< a card has no number record
  number_unreadable,  ///< a card's number record does not open as that card's
  number_mismatch,    ///< it opens, and is not the number of the card's fingerprint
  audit_log_broken,   ///< see check_audit_chain()
  subject_not_found,  ///< the index does not lead from the subject to the wallet
  card_not_found,     ///< the index does not lead from the fingerprint to the wallet
};

[[nodiscard]] std::string_view damage_name(Damage damage);

struct Finding {
  WalletId wallet;
  Damage what{};
  std::optional<CardId> card = {};
  std::uint64_t first_broken = 0;  ///< of audit_log_broken

  bool operator==(const Finding&) const = default;
};

struct WalletVerdict {
  std::vector<Finding> findings;
  std::uint64_t numbers = 0;  ///< that were opened and are right
  std::uint64_t strays = 0;   ///< number records without a card: harmless, and not wanted
};

/// Whether the index is looked at, too: a copy that was made while others wrote may lack entries.
enum class VerifyIndex : bool { no, yes };

/// Opens everything that is stored of one wallet and compares it with each other, while others
/// change it. Each number is opened, compared with its fingerprint and wiped; none leaves. A wallet
/// that is not there has no findings. store_unavailable, vault_sealed, and the errors of
/// LiveKeyring::usable().
[[nodiscard]] Result<WalletVerdict> verify_wallet(const Vault& vault, const WalletId& wallet,
                                                  VerifyIndex index = VerifyIndex::yes);

}  // namespace cardvault
