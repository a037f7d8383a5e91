#pragma once

#include <functional>
#include <optional>
#include <string>

#include "vault/change/wallet_change.h"
#include "vault/closing/closing_vault.h"

namespace cardvault {

using RenderWallet = std::function<Answer(const Wallet&)>;

struct NewWallet {
  std::string subject;  ///< the operator's name for the user; a keyed hash finds it again
  std::string locale;
  std::optional<WalletId> id = {};  ///< if empty, the wallet gets a new id; seed_wallet gives one
};

/// Returns the keyed hashes that find a subject's wallet again. Errors: key_unavailable.
[[nodiscard]] Result<KeyedDigests> subject_digests(const Vault& vault, const std::string& subject);

/// Moves the wallet's subject and its index entries to the current key. The wallet must not be
/// closed.
void rekey_subject(Wallet& wallet, WalletChange& change, const KeyedDigests& subject);

/// Creates the wallet of a subject. If the subject has a wallet already, the answer is that wallet
/// (created = false). Two concurrent requests create one wallet, even while the key that finds it
/// changes. Errors: idempotency_key_reused, store_unavailable, key_unavailable, write_conflict.
[[nodiscard]] Result<Answer> create_wallet(const Vault& vault, const Actor& actor,
                                           const NewWallet& wanted,
                                           const std::optional<Idempotency>& idempotency,
                                           const RenderWallet& render);

struct WalletUpdate {
  std::optional<WalletState> state;
  std::optional<std::string> locale;
  /// Why `state` changes, for the audit log. If the wallet is closed, this is also the reason of
  /// its deregistrations; the default is then "wallet_closed".
  std::optional<std::string> reason = {};
};

/// Freezes or unfreezes a wallet, closes it, or changes its language. Freezing and unfreezing
/// revoke all tokens. Closing is final. It deregisters every card, removes devices and credentials,
/// revokes all tokens and forgets the subject's text. The subject is then free for a new wallet.
/// Errors: wallet_not_found, key_unavailable, wallet_closed. Closing a closed wallet is a no-op.
[[nodiscard]] Result<Wallet> update_wallet(const ClosingVault& vault, const WalletId& id,
                                           const Actor& actor, const WalletUpdate& update);

}  // namespace cardvault
