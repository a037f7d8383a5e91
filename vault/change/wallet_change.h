#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "vault/change/vault.h"
#include "vault/wallet/wallet.h"

namespace cardvault {

struct OpenWallet {
  std::uint64_t version = 0;
  KeyId sealed_under = 0;
  Wallet wallet;
};

/// Loads and opens one wallet. wallet_not_found, store_unavailable, record_corrupt,
/// key_unavailable.
[[nodiscard]] Result<OpenWallet> open_wallet(const Vault& vault, const WalletId& id);
/// Opens what was loaded. record_corrupt, key_unavailable, vault_sealed.
[[nodiscard]] Result<OpenWallet> open_stored_wallet(const Vault& vault, const WalletId& id,
                                                    const StoredWallet& stored);

/// record_corrupt, with what to do, when another version wrote the store's wallets, which shows by
/// the first. One that cannot be read passes: whoever asks for it is told why.
[[nodiscard]] Status require_known_layout(const Vault& vault);

/// The Idempotency-Key of a request, hashed: `key` over who asked what under which key, `request`
/// over the body.
struct Idempotency {
  KeyedDigests key;
  KeyedDigests request;
};

/// The answer to a request that creates something, already rendered: it is remembered in the same
/// commit, so it has to exist before.
struct Answer {
  std::string body = {};
  std::string location = {};
  bool replayed = false;  ///< an earlier request with the same Idempotency-Key got it
  bool created = true;    ///< false: the thing was there already
};

/// What one change of a wallet is made of besides the wallet itself. Filled by a decision.
class WalletChange {
 public:
  WalletChange(const Vault& vault, const Actor& actor, Time now)
      : now_(now), vault_(vault), actor_(actor) {}

  [[nodiscard]] Time now() const { return now_; }

  /// Adds an entry to the audit log: a stable action word and names with values, none of them
  /// secret.
  void audit(std::string action, std::vector<std::pair<std::string, std::string>> details = {});

  std::vector<std::pair<CardId, SealedRecord>> put_pans;
  std::vector<CardId> delete_pans;
  std::vector<IndexKey> add_index;
  std::vector<IndexKey> remove_index;

  /// Seals `wallet` with everything above, and when it is due next, into a commit that expects
  /// `version`.
  [[nodiscard]] Result<Commit> into_commit(Wallet& wallet, std::uint64_t version);

 private:
  struct Entry {
    std::string action;
    std::vector<std::pair<std::string, std::string>> details;
  };

  Time now_;
  const Vault& vault_;
  const Actor& actor_;
  std::vector<Entry> entries_;
};

/// Decides on an opened wallet; an error, or `false`, leaves everything as it was.
using Decide = std::function<Result<bool>(Wallet&, WalletChange&)>;

/// Load, open, decide, seal, commit; again from the start when another change came first, a bounded
/// number of times (then write_conflict). `decide` may therefore run more than once. If a clock
/// that was ahead left times in the wallet, one commit before mends them (see pull_back_times).
[[nodiscard]] Status change_wallet(const Vault& vault, const WalletId& id, const Actor& actor,
                                   const Decide& decide);

/// Decides and renders the answer of a request that creates something.
using DecideAnswer = std::function<Result<Answer>(Wallet&, WalletChange&)>;

/// change_wallet for such a request: the remembered answer when `idempotency` was seen before,
/// idempotency_key_reused when it was seen with another body, else decides and remembers.
[[nodiscard]] Result<Answer> change_wallet_once(const Vault& vault, const WalletId& id,
                                                const Actor& actor,
                                                const std::optional<Idempotency>& idempotency,
                                                const DecideAnswer& decide);

/// The answer remembered for the key, if any. idempotency_key_reused.
[[nodiscard]] Result<std::optional<Answer>> recall_answer(const Wallet& wallet,
                                                          const Idempotency& idempotency, Time now);
void remember_answer(Wallet& wallet, const Idempotency& idempotency, const Answer& answer,
                     Time now);

}  // namespace cardvault
