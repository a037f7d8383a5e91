#pragma once

#include <optional>

#include "crypto/secret.h"
#include "vault/change/blind_index.h"
#include "vault/change/vault.h"
#include "vault/wallet/pan.h"

namespace cardvault {

/// The record of a card's number, under a key of its own: whose it is, and that alone is enough to
/// have it sealed, opened and wrapped anew.
///
///   layout (1) | digits | holder name | phone, as vault/wallet/binary.h writes them
class PanRecord {
 public:
  PanRecord(const Vault& vault, const WalletId& wallet, const CardId& card)
      : sealer_(vault.sealer), wallet_(wallet.text()), card_(card.text()) {}

  /// The errors of RecordSealer::seal().
  [[nodiscard]] Result<SealedRecord> seal(const Pan& pan,
                                          const std::optional<SecretText>& holder_name,
                                          const std::optional<SecretText>& phone) const;
  /// The number. record_corrupt, key_unavailable.
  [[nodiscard]] Result<Pan> open(const SealedRecord& record) const;
  /// The same under the current pan_wrapping key; the number is not opened. As open() and seal().
  [[nodiscard]] Result<SealedRecord> rewrap(const SealedRecord& record) const;

 private:
  [[nodiscard]] RecordContext context() const { return {"pan", wallet_, card_}; }

  const RecordSealer& sealer_;
  const std::string wallet_;
  const std::string card_;
};

/// The keyed hashes by which a number is found again. key_unavailable.
[[nodiscard]] Result<KeyedDigests> pan_fingerprints(const Vault& vault, const Pan& pan);

}  // namespace cardvault
