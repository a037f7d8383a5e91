#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/keys/record_seal.h"
#include "vault/storage/archive_page.h"
#include "vault/storage/commit.h"
#include "vault/storage/wallet_snapshot.h"

namespace cardvault {

/// Records of the vault itself, one of each. key_job: see api/jobs/job_lease.h; it is in no backup
/// and no copy.
enum class VaultRecord : std::uint8_t { keyring = 1, clients = 2, key_job = 3 };

/// Where wallets are kept. Storage is untrusted: what goes in is sealed or a keyed hash (there is
/// no overload for plain bytes), what comes out is believed only after it opens.
///
/// Every method may be called from any thread and answers store_unavailable (with retry_after) when
/// the storage cannot do it now: full, read-only, locked, gone. A commit that answered so may or
/// may not have happened only where the adapter's documentation says so.
class WalletStore {
 public:
  virtual ~WalletStore() = default;

  /// nullopt when there is no such wallet.
  [[nodiscard]] virtual Result<std::optional<StoredWallet>> load(const WalletId& wallet) = 0;

  /// Parts of a wallet, all as they were at one moment. nullopt when there is no such wallet.
  [[nodiscard]] virtual Result<std::optional<WalletSnapshot>> load_snapshot(
      const WalletId& wallet, const SnapshotParts& parts) = 0;

  /// All of `change` or nothing of it. audit_log_damaged, and nothing changed, when the version is
  /// right but the audit entries do not go on from the last one that is there: none is written over
  /// or left out; or, with `rewrite_audit`, are not those from 1 to the last one.
  [[nodiscard]] virtual Result<CommitOutcome> commit(const Commit& change) = 0;

  /// Each change as commit() does it, of another wallet and by itself, in no order; all durable
  /// when it returns, for about the price of one sync. Their outcomes, in the order of `changes`.
  /// An error is that of one of them: others may be done, and asking again tells by conflict.
  /// internal for more than kMostCommitsAtOnce.
  [[nodiscard]] virtual Result<std::vector<CommitOutcome>> commit_all(
      std::span<const Commit> changes) = 0;

  /// Every wallet, from the beginning when `cursor` is empty, in no order, about `limit`, at least
  /// 1, to a page, while others write: each that is there throughout comes at least once, others
  /// may, and one may come several times.
  [[nodiscard]] virtual Result<ArchivePage<WalletId>> list_wallets(const std::string& cursor,
                                                                   std::size_t limit) = 0;

  /// nullopt when the card has no PAN record (never had, or shredded).
  [[nodiscard]] virtual Result<std::optional<SealedRecord>> load_pan(const WalletId& wallet,
                                                                     const CardId& card) = 0;

  /// The wallets that hold the entry, in order of their ids. May name a wallet that no longer
  /// matches: the caller checks against the wallet record.
  [[nodiscard]] virtual Result<std::vector<WalletId>> find(const IndexKey& key) = 0;

  /// Whether the entry leads to `wallet`, however many others it leads to.
  [[nodiscard]] virtual Result<bool> leads_to(const IndexKey& key, const WalletId& wallet) = 0;

  /// Entries with seq > `after`, in order, at most `limit`.
  [[nodiscard]] virtual Result<std::vector<AuditRow>> read_audit(const WalletId& wallet,
                                                                 std::uint64_t after,
                                                                 std::size_t limit) = 0;

  /// Wallets with due <= `now` that no other claim holds, oldest due first, at most `limit`; each
  /// is held until `now` + `lease` or its next commit, whichever is first. All callers use one
  /// lease, and their clocks differ by less: a hold beyond `now` + 2 * `lease` was taken before the
  /// clock was set back and is none. A claim spares others the work; what must not be done twice is
  /// decided by a commit.
  [[nodiscard]] virtual Result<std::vector<WalletId>> claim_due(Time now, Seconds lease,
                                                                std::size_t limit) = 0;

  /// Wallets that have a due time, past or to come, held or not, with an id above `after`, in order
  /// of their ids, at most `limit`.
  [[nodiscard]] virtual Result<std::vector<WalletId>> list_due(const WalletId& after,
                                                               std::size_t limit) = 0;

  [[nodiscard]] virtual Result<std::optional<StoredWallet>> load_vault_record(
      VaultRecord which) = 0;
  /// Compare-and-swap like commit(); never index_taken.
  [[nodiscard]] virtual Result<CommitOutcome> save_vault_record(VaultRecord which,
                                                                std::uint64_t expected_version,
                                                                const SealedRecord& record) = 0;

  /// Physically ends what was deleted or written over before the call: afterwards its bytes are in
  /// no file of the store. Reads go on; commits may wait, as the adapter's documentation says, but
  /// do not fail for it. After an error nothing is lost and what was deleted may still be there.
  [[nodiscard]] virtual Status compact() = 0;

  /// Success when a read and a write could be done now, as far as that shows without writing.
  [[nodiscard]] virtual Status health() = 0;
};

}  // namespace cardvault
