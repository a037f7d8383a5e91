#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "crypto/keys/live_keyring.h"
#include "vault/closing/published_keys.h"
#include "vault/wallet/deregistration.h"

namespace cardvault {

/// A receipt proves to anyone who has the published key that a card, or one channel of it, was
/// ended: an Ed25519 signature (RFC 8032) over the canonical form (RFC 8785) of all its other
/// members, the key's id among them. It holds nothing that leads back to the card number: four
/// digits, and no fingerprint.
///
///   type, algorithm, key_id, wallet, deregistration, card, extent, last4, reason, requested_at,
///   pan_shredded_at, deadline, deadline_basis, deadline_met, closed_at, issued_at,
///   channels: [{channel, closed_at, attempts, acknowledgement_sha256}], signature

/// Signs a closed deregistration. key_unavailable.
[[nodiscard]] Result<ReceiptSeal> seal_receipt(const LiveKeyring& keyring, const WalletId& wallet,
                                               const Deregistration& closed, Time now);

/// The receipt as JSON. Only for a deregistration that has one: the text is made anew from the
/// deregistration, which does not change once it is closed.
[[nodiscard]] std::string render_receipt(const WalletId& wallet, const Deregistration& closed);

/// What a genuine receipt says, in short.
struct VerifiedReceipt {
  std::string deregistration;
  std::string card;
  std::string extent;  ///< "card", or "channel" when the card lives on
  std::vector<std::string> channels;
  std::string closed_at;
  std::string key_id;
  bool deadline_met = false;
};

/// Checks a receipt, or the one inside a deregistration resource, against published keys. Of the
/// resource only id and card are compared with it; the rest of a resource proves nothing.
/// malformed_json; invalid_request when it is no receipt, or of a type this program does not know;
/// key_unavailable when its key is not among `keys`; signature_invalid when a member was changed.
[[nodiscard]] Result<VerifiedReceipt> verify_receipt(std::string_view document,
                                                     const std::vector<PublishedKey>& keys);

}  // namespace cardvault
