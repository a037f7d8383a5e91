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

/// Loads and opens one wallet. Errors: wallet_not_found, store_unavailable, record_corrupt,
/// key_unavailable.
[[nodiscard]] Result<OpenWallet> open_wallet(const Vault& vault, const WalletId& id);
/// Opens a loaded wallet. Errors: record_corrupt, key_unavailable, vault_sealed.
[[nodiscard]] Result<OpenWallet> open_stored_wallet(const Vault& vault, const WalletId& id,
                                                    const StoredWallet& stored);

/// Checks the first wallet of the store. If another version of cardvault wrote it, this fails with
/// record_corrupt and says what to do. If that wallet cannot be read, the check passes, because a
/// later request for the wallet reports the reason.
[[nodiscard]] Status require_known_layout(const Vault& vault);

/// The Idempotency-Key of a request, hashed. `key` is a hash over caller, operation and key;
/// `request` is a hash over the body.
struct Idempotency {
  KeyedDigests key;
  KeyedDigests request;
};

/// The rendered answer to a request that creates something. The same commit stores the answer, so
/// it must exist before the commit.
struct Answer {
  std::string body = {};
  std::string location = {};
  bool replayed = false;  ///< true if an earlier request with the same Idempotency-Key got it
  bool created = true;    ///< false if the thing existed already
};

/// All parts of a change besides the wallet itself. A decision fills it.
class WalletChange {
 public:
  WalletChange(const Vault& vault, const Actor& actor, Time now)
      : now_(now), vault_(vault), actor_(actor) {}

  [[nodiscard]] Time now() const { return now_; }

  /// Adds an entry to the audit log: a stable action word, and names with values. No value may be a
  /// secret.
  void audit(std::string action, std::vector<std::pair<std::string, std::string>> details = {});

  std::vector<std::pair<CardId, SealedRecord>> put_pans;
  std::vector<CardId> delete_pans;
  std::vector<IndexKey> add_index;
  std::vector<IndexKey> remove_index;

  /// Makes a commit that expects `version`. It contains the sealed `wallet`, everything above and
  /// the wallet's next due time.
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

/// Decides on an opened wallet. If it returns an error or `false`, nothing is changed.
using Decide = std::function<Result<bool>(Wallet&, WalletChange&)>;

/// Loads, opens, decides, seals and commits. If another change was committed first, it starts
/// again, up to a fixed number of rounds; then it fails with write_conflict. So `decide` may run
/// more than once. If a clock that was ahead left times in the wallet, an extra commit corrects
/// them first (see pull_back_times).
[[nodiscard]] Status change_wallet(const Vault& vault, const WalletId& id, const Actor& actor,
                                   const Decide& decide);

/// Decides on a request that creates something, and renders the answer.
using DecideAnswer = std::function<Result<Answer>(Wallet&, WalletChange&)>;

/// change_wallet() for such a request. If `idempotency` was used before with the same body, it
/// returns the remembered answer. If the body was different, it fails with idempotency_key_reused.
/// Otherwise it decides, and remembers the answer if something was created.
[[nodiscard]] Result<Answer> change_wallet_once(const Vault& vault, const WalletId& id,
                                                const Actor& actor,
                                                const std::optional<Idempotency>& idempotency,
                                                const DecideAnswer& decide);

/// Returns the answer remembered for the key, if there is one. Errors: idempotency_key_reused.
[[nodiscard]] Result<std::optional<Answer>> recall_answer(const Wallet& wallet,
                                                          const Idempotency& idempotency, Time now);
void remember_answer(Wallet& wallet, const Idempotency& idempotency, const Answer& answer,
                     Time now);

}  // namespace cardvault
