#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "crypto/keys/live_keyring.h"
#include "vault/closing/published_keys.h"
#include "vault/wallet/deregistration.h"

namespace cardvault {

/// A receipt proves the end of a card, or of one channel of it, to anyone who has the published
/// key. It carries an Ed25519 signature (RFC 8032) over the canonical form (RFC 8785) of all its
/// other members, including the key's id. It contains nothing that leads back to the card number:
/// only four digits, and no fingerprint.
///
///   type, algorithm, key_id, wallet, deregistration, card, extent, last4, reason, requested_at,
///   pan_shredded_at, deadline, deadline_basis, deadline_met, closed_at, issued_at,
///   channels: [{channel, closed_at, attempts, acknowledgement_sha256}], signature

/// Signs a closed deregistration. Errors: key_unavailable.
[[nodiscard]] Result<ReceiptSeal> seal_receipt(const LiveKeyring& keyring, const WalletId& wallet,
                                               const Deregistration& closed, Time now);

/// Returns the receipt as JSON. The deregistration must have one. The text is made from the
/// deregistration each time, and a deregistration does not change after it is closed.
[[nodiscard]] std::string render_receipt(const WalletId& wallet, const Deregistration& closed);

/// The main facts of a genuine receipt.
struct VerifiedReceipt {
  std::string deregistration;
  std::string card;
  std::string extent;  ///< "card", or "channel" if the card lives on
  std::vector<std::string> channels;
  std::string closed_at;
  std::string key_id;
  bool deadline_met = false;
};

/// Checks a receipt, or the receipt inside a deregistration resource, against published keys. Of
/// the resource, only id and card are compared with the receipt; its other members prove nothing.
/// Errors: malformed_json; invalid_request if it is no receipt or has an unknown type;
/// key_unavailable if its key is not among `keys`; signature_invalid if a member was changed.
[[nodiscard]] Result<VerifiedReceipt> verify_receipt(std::string_view document,
                                                     const std::vector<PublishedKey>& keys);

}  // namespace cardvault
