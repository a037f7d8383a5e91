#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <stop_token>
#include <unordered_map>
#include <unordered_set>

#include "vault/audit/audit_chain.h"
#include "vault/audit/audit_page.h"

namespace cardvault {

/// The knowledge about a whole log at the moment when a page of it is shown.
struct ChainStatus {
  /// true: every entry was checked and the page fits. false: something is broken. Empty while some
  /// entries after `checked_to` are not checked yet.
  std::optional<bool> intact = {};
  std::uint64_t entries = 0;            ///< number of entries, according to the wallet record
  std::uint64_t checked_to = 0;         ///< the chain is proven from its beginning to this entry
  std::optional<Time> checked_at = {};  ///< start time of the walk from the beginning
  std::uint64_t first_broken = 0;       ///< first entry known to lack proof; 0 if none
};

/// Remembers how far the logs of some wallets are proven. So the cost of a page depends on the page
/// and not on the length of the log. A page proves its rows against each other, and the last page
/// proves its end against the wallet record. A walk from the beginning proves the rows in between.
/// It runs in the background and leaves a checkpoint: the seq and link that it reached. From there
/// a page continues the walk itself.
///
///   log of at most kRowsAtOnce entries   checked whole with every page; a checkpoint from half on
///   no checkpoint                        one at the beginning; a walk is asked for
///   the log goes on behind it            walked on for kRowsAtOnce rows; if more, "not known yet"
///   checkpoint older than kFresh         used; a walk is asked for
///   the row at it is another             dropped; a walk is asked for
///
/// It is kept only in the memory of this process. Both tables have a size limit. Safe to use from
/// any thread.
class AuditCheckpoints {
 public:
  /// A walk over this many rows takes about 2 ms.
  static constexpr std::size_t kRowsAtOnce = 128;
  /// Damage to entries that were checked before shows within this time after the next page.
  static constexpr Seconds kFresh{60};
  static constexpr std::size_t kMostCheckpoints = 4096;
  static constexpr std::size_t kMostWaiting = 256;

  /// Returns the status of the log that `page` is from. Errors: those of walk_chain().
  [[nodiscard]] Result<ChainStatus> status(const Vault& vault, const WalletId& wallet,
                                           const AuditPage& page);

  /// Walks over the log that has waited longest. Returns false if no log waits.
  bool walk_next(const Vault& vault, const std::stop_token& stop);
  /// Waits until a log needs a walk. Returns false if `stop` was requested.
  [[nodiscard]] bool wait_for_work(const std::stop_token& stop);

 private:
  struct Checkpoint {
    AuditHead at;
    Time checked_at{};
    std::uint64_t first_broken = 0;  ///< if set, `at` is the head of the broken log
  };

  [[nodiscard]] Result<ChainStatus> check_whole(const Vault& vault, const WalletId& wallet);
  [[nodiscard]] Result<ChainStatus> check_on(const Vault& vault, const WalletId& wallet,
                                             const AuditHead& head);
  [[nodiscard]] std::optional<Checkpoint> find(const WalletId& wallet);
  void keep(const WalletId& wallet, const Checkpoint& checkpoint);
  void drop(const WalletId& wallet);
  void ask_for_walk(const WalletId& wallet);

  std::mutex mutex_;
  std::condition_variable_any asked_;
  std::unordered_map<WalletId, Checkpoint> checkpoints_;
  std::deque<WalletId> waiting_;
  std::unordered_set<WalletId> is_waiting_;
};

}  // namespace cardvault
