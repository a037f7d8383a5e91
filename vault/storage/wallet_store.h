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

/// Records of the vault itself, one of each kind. For key_job see api/jobs/job_lease.h; no backup
/// and no copy contains it.
enum class VaultRecord : std::uint8_t { keyring = 1, clients = 2, key_job = 3 };

/// The store of the wallets. Storage is untrusted. Everything written is sealed or a keyed hash;
/// there is no overload for plain bytes. Everything read is untrusted until it opens.
///
/// Threads may call every method. If the storage is full, read-only, locked or gone, a method fails
/// with store_unavailable (with retry_after). A commit that failed so has not happened, except
/// where the adapter's documentation says otherwise.
class WalletStore {
 public:
  virtual ~WalletStore() = default;

  /// Returns nullopt if the wallet does not exist.
  [[nodiscard]] virtual Result<std::optional<StoredWallet>> load(const WalletId& wallet) = 0;

  /// Returns parts of a wallet as they were at one moment, or nullopt if the wallet does not exist.
  [[nodiscard]] virtual Result<std::optional<WalletSnapshot>> load_snapshot(
      const WalletId& wallet, const SnapshotParts& parts) = 0;

  /// Applies all of `change` or nothing. If the version is right but the audit entries do not fit,
  /// it fails with audit_log_damaged and changes nothing. They fit if they continue after the last
  /// stored entry, so that none is overwritten or left out. With `rewrite_audit` they must be the
  /// entries from 1 to the last one.
  [[nodiscard]] virtual Result<CommitOutcome> commit(const Commit& change) = 0;

  /// Applies each change like commit(). The changes are of different wallets, are independent and
  /// have no order. When it returns, all are durable, at about the cost of one sync. Returns the
  /// outcomes in the order of `changes`. An error is the error of one change; others may be
  /// committed, and a retry of those gets conflict. More than kMostCommitsAtOnce changes fail with
  /// internal.
  [[nodiscard]] virtual Result<std::vector<CommitOutcome>> commit_all(
      std::span<const Commit> changes) = 0;

  /// Lists every wallet in no order, about `limit` per page; `limit` is at least 1. An empty
  /// `cursor` starts at the beginning. Others may write meanwhile. A wallet that exists during the
  /// whole listing is listed at least once. Others may be listed, and a wallet may be listed
  /// several times.
  [[nodiscard]] virtual Result<ArchivePage<WalletId>> list_wallets(const std::string& cursor,
                                                                   std::size_t limit) = 0;

  /// Returns nullopt if the card has no PAN record (never had one, or it was shredded).
  [[nodiscard]] virtual Result<std::optional<SealedRecord>> load_pan(const WalletId& wallet,
                                                                     const CardId& card) = 0;

  /// Returns the wallets that have the entry, sorted by id. A returned wallet may not match any
  /// more, so the caller must check the wallet record.
  [[nodiscard]] virtual Result<std::vector<WalletId>> find(const IndexKey& key) = 0;

  /// True if the entry leads to `wallet`. It may lead to other wallets too.
  [[nodiscard]] virtual Result<bool> leads_to(const IndexKey& key, const WalletId& wallet) = 0;

  /// Returns at most `limit` entries with seq > `after`, in order.
  [[nodiscard]] virtual Result<std::vector<AuditRow>> read_audit(const WalletId& wallet,
                                                                 std::uint64_t after,
                                                                 std::size_t limit) = 0;

  /// Claims at most `limit` wallets with due <= `now` that no other claim holds, oldest due time
  /// first. A claim ends at `now` + `lease` or with the wallet's next commit, whichever is first.
  /// All callers must use the same lease, and their clocks must differ by less than that. A claim
  /// that ends after `now` + 2 * `lease` is ignored: it was made before the clock was set back. A
  /// claim only saves work for others. If work must not be done twice, a commit decides.
  [[nodiscard]] virtual Result<std::vector<WalletId>> claim_due(Time now, Seconds lease,
                                                                std::size_t limit) = 0;

  /// Returns at most `limit` wallets with an id above `after` that have a due time, sorted by id.
  /// The due time may be past or future, and a claim makes no difference.
  [[nodiscard]] virtual Result<std::vector<WalletId>> list_due(const WalletId& after,
                                                               std::size_t limit) = 0;

  [[nodiscard]] virtual Result<std::optional<StoredWallet>> load_vault_record(
      VaultRecord which) = 0;
  /// Compare-and-swap like commit(). Never returns index_taken.
  [[nodiscard]] virtual Result<CommitOutcome> save_vault_record(VaultRecord which,
                                                                std::uint64_t expected_version,
                                                                const SealedRecord& record) = 0;

  /// Physically removes everything that was deleted or overwritten before the call. Afterwards no
  /// file of the store contains its bytes. Reads continue. Commits may wait, as the adapter's
  /// documentation says, but do not fail because of it. After an error nothing is lost, but the
  /// deleted data may still exist.
  [[nodiscard]] virtual Status compact() = 0;

  /// Succeeds if a read and a write would work now, as far as this can be known without writing.
  [[nodiscard]] virtual Status health() = 0;
};

}  // namespace cardvault
