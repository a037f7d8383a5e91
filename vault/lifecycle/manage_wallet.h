#pragma once

#include <functional>
#include <optional>
#include <string>

#include "vault/change/wallet_change.h"
#include "vault/closing/closing_vault.h"

namespace cardvault {

using RenderWallet = std::function<Answer(const Wallet&)>;

struct NewWallet {
  std::string subject;  ///< the operator's name for the user, found again by its keyed hash
  std::string locale;
  std::optional<WalletId> id = {};  ///< a new one unless given, as seed_wallet does
};

/// The keyed hashes by which a subject's wallet is found again. key_unavailable.
[[nodiscard]] Result<KeyedDigests> subject_digests(const Vault& vault, const std::string& subject);

/// Keys the wallet's subject with the current key, and its index entries. Of a wallet that is open.
void rekey_subject(Wallet& wallet, WalletChange& change, const KeyedDigests& subject);

/// Creates the wallet of a subject, or answers with the one it has (created = false). Two requests
/// at once create one wallet, also while the key that finds it changes. A wallet that an older
/// version made learns its subject's text on the way, with no entry in the audit log; should that
/// fail, the next request tries again. idempotency_key_reused, store_unavailable.
[[nodiscard]] Result<Answer> create_wallet(const Vault& vault, const Actor& actor,
                                           const NewWallet& wanted,
                                           const std::optional<Idempotency>& idempotency,
                                           const RenderWallet& render);

struct WalletUpdate {
  std::optional<WalletState> state;
  std::optional<std::string> locale;
  /// Why `state` changes, for the audit log; also the reason of the deregistrations when it is
  /// closed, else "wallet_closed".
  std::optional<std::string> reason = {};
};

/// Freezes, unfreezes or changes the language; freezing and unfreezing kill all tokens. Closing is
/// final: every card is deregistered, devices and credentials go, all tokens die, the subject's
/// text is forgotten, and the subject is free for a new wallet. wallet_not_found, wallet_closed
/// (but not for closing again), key_unavailable.
[[nodiscard]] Result<Wallet> update_wallet(const ClosingVault& vault, const WalletId& id,
                                           const Actor& actor, const WalletUpdate& update);

}  // namespace cardvault
