#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/names.h"
#include "vault/change/vault.h"

namespace cardvault {

/// The kinds of damage in the stored records of a wallet.
enum class Damage : std::uint8_t {
  wallet_unreadable,  ///< the wallet record does not open, or its rows cannot be read
  number_missing,     ///< a card has no number record
  number_unreadable,  ///< a card's number record does not open as that card's
  number_mismatch,    ///< it opens, but its number does not match the card's fingerprint
  audit_log_broken,   ///< see check_audit_chain()
  subject_not_found,  ///< the index has no entry from the subject to the wallet
  card_not_found,     ///< the index has no entry from the fingerprint to the wallet
};

inline constexpr auto kDamageNames = names_from<Damage::wallet_unreadable>(
    "wallet_unreadable", "number_missing", "number_unreadable", "number_mismatch",
    "audit_log_broken", "subject_not_found", "card_not_found");

[[nodiscard]] constexpr std::string_view damage_name(Damage damage) {
  return name_of(kDamageNames, damage);
}

struct Finding {
  WalletId wallet;
  Damage what{};
  std::optional<CardId> card = {};
  std::uint64_t first_broken = 0;  ///< only with audit_log_broken

  bool operator==(const Finding&) const = default;
};

struct WalletVerdict {
  std::vector<Finding> findings;
  std::uint64_t numbers = 0;  ///< number records that opened and are right
  std::uint64_t strays = 0;   ///< number records without a card: harmless, but unwanted
};

/// Whether to check the index too. A copy that was made during other writes may lack index entries.
enum class VerifyIndex : bool { no, yes };

/// Opens all stored records of one wallet and compares them with each other. Others may change the
/// wallet meanwhile. Each number is opened, compared with its fingerprint and wiped; no number
/// leaves this function. A wallet that does not exist has no findings. Errors: store_unavailable,
/// vault_sealed, and those of LiveKeyring::usable().
[[nodiscard]] Result<WalletVerdict> verify_wallet(const Vault& vault, const WalletId& wallet,
                                                  VerifyIndex index = VerifyIndex::yes);

}  // namespace cardvault
