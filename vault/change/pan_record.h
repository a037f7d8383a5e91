#pragma once

#include <optional>

#include "crypto/secret.h"
#include "vault/change/blind_index.h"
#include "vault/change/vault.h"
#include "vault/wallet/pan.h"

namespace cardvault {

/// The record of a card number, sealed under its own key. The object knows the owner of the record.
/// That is enough to seal, open and rewrap it.
///
///   layout (1) | digits | holder name | phone, as vault/wallet/binary.h writes them
class PanRecord {
 public:
  PanRecord(const Vault& vault, const WalletId& wallet, const CardId& card)
      : sealer_(vault.sealer), wallet_(wallet.text()), card_(card.text()) {}

  /// Errors: those of RecordSealer::seal().
  [[nodiscard]] Result<SealedRecord> seal(const Pan& pan,
                                          const std::optional<SecretText>& holder_name,
                                          const std::optional<SecretText>& phone) const;
  /// Returns the card number. Errors: record_corrupt, key_unavailable.
  [[nodiscard]] Result<Pan> open(const SealedRecord& record) const;
  /// Returns the record under the current pan_wrapping key, without opening the number. Errors:
  /// those of open() and seal().
  [[nodiscard]] Result<SealedRecord> rewrap(const SealedRecord& record) const;

 private:
  [[nodiscard]] RecordContext context() const { return {"pan", wallet_, card_}; }

  const RecordSealer& sealer_;
  const std::string wallet_;
  const std::string card_;
};

/// Returns the keyed hashes that are used to find a number again. Errors: key_unavailable.
[[nodiscard]] Result<KeyedDigests> pan_fingerprints(const Vault& vault, const Pan& pan);

}  // namespace cardvault
