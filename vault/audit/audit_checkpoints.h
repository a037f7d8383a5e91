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

/// What is known of a whole log when a page of it is shown.
struct ChainStatus {
  /// true: every entry was checked, and the page follows. false: something is broken. Nothing while
  /// entries behind `checked_to` were not checked yet.
  std::optional<bool> intact = {};
  std::uint64_t entries = 0;            ///< of the log, as the wallet record says
  std::uint64_t checked_to = 0;         ///< the chain is proven from its beginning up to this entry
  std::optional<Time> checked_at = {};  ///< when the walk from the beginning was begun
  std::uint64_t first_broken = 0;       ///< the first entry known not to be proven; 0 for none
};

/// How far the logs of some wallets are proven, so that a page costs what is on it and not what the
/// log is long. A page proves its rows against each other, and the last page against the wallet
/// record; what lies between is proven by a walk from the beginning, which runs in the background
/// and leaves a checkpoint: the seq and link that it came to. From there a page walks on itself.
///
///   log of at most kRowsAtOnce entries   checked whole with every page; a checkpoint from half on
///   no checkpoint                        one at the beginning; a walk is asked for
///   the log goes on behind it            walked on for kRowsAtOnce rows; if more, "not known yet"
///   checkpoint older than kFresh         used; a walk is asked for
///   the row at it is another             dropped; a walk is asked for
///
/// In the memory of this process, bounded in both tables; safe from any thread.
class AuditCheckpoints {
 public:
  /// A walk over as many rows takes about 2 ms.
  static constexpr std::size_t kRowsAtOnce = 128;
  /// Damage to what was checked before shows within this time of the next page.
  static constexpr Seconds kFresh{60};
  static constexpr std::size_t kMostCheckpoints = 4096;
  static constexpr std::size_t kMostWaiting = 256;

  /// Of the log that `page` is from. Errors as walk_chain().
  [[nodiscard]] Result<ChainStatus> status(const Vault& vault, const WalletId& wallet,
                                           const AuditPage& page);

  /// Walks over the log that has waited longest; false when none waits.
  bool walk_next(const Vault& vault, const std::stop_token& stop);
  /// Until a log waits to be walked over; false when `stop` was asked for.
  [[nodiscard]] bool wait_for_work(const std::stop_token& stop);

 private:
  struct Checkpoint {
    AuditHead at;
    Time checked_at{};
    std::uint64_t first_broken = 0;  ///< then `at` is the head of the log that was found broken
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
