#include "vault/audit/audit_checkpoints.h"

#include <algorithm>
#include <utility>

namespace cardvault {
namespace {

std::uint64_t break_of(const AuditHead& at, const AuditHead& head) {
  return std::min(at.seq, head.seq) + 1;
}

/// Adds the result of the page itself.
void add_page(ChainStatus& status, const AuditPage& page) {
  status.entries = page.head.seq;
  status.checked_to = std::min(status.checked_to, status.entries);
  if (page.first_broken == 0) return;
  const bool is_first = status.first_broken == 0 || page.first_broken < status.first_broken;
  if (is_first) status.first_broken = page.first_broken;
  status.checked_to = std::min(status.checked_to, status.first_broken - 1);
  status.intact = false;
}

}  // namespace

Result<ChainStatus> AuditCheckpoints::status(const Vault& vault, const WalletId& wallet,
                                             const AuditPage& page) {
  auto status = page.head.seq <= kRowsAtOnce ? check_whole(vault, wallet)
                                             : check_on(vault, wallet, page.head);
  if (!status) return status;
  add_page(*status, page);
  return status;
}

Result<ChainStatus> AuditCheckpoints::check_whole(const Vault& vault, const WalletId& wallet) {
  ChainStatus status{.checked_at = vault.clock.now()};
  AuditHead at;
  AuditHead head;
  // The log may have grown since the page was read.
  TRY_VALUE(const auto step, walk_chain(vault, wallet, at, head, 2 * kRowsAtOnce));
  status.checked_to = at.seq;
  if (step != ChainStep::more) status.intact = step == ChainStep::whole;
  if (step == ChainStep::broken) status.first_broken = break_of(at, head);
  // The log may soon be too long for this check. Then the walk continues from here.
  if (step == ChainStep::whole && at.seq > kRowsAtOnce / 2) {
    keep(wallet, {.at = at, .checked_at = *status.checked_at});
  }
  return status;
}

Result<ChainStatus> AuditCheckpoints::check_on(const Vault& vault, const WalletId& wallet,
                                               const AuditHead& head) {
  auto known = find(wallet);
  if (!known) {
    // If the background walk gets no processor time, the pages alone still reach the end.
    known = Checkpoint{.at = {}, .checked_at = vault.clock.now()};
    ask_for_walk(wallet);
  }
  const bool is_old = known->checked_at + kFresh <= vault.clock.now();
  ChainStatus status{.checked_at = known->checked_at};
  if (known->first_broken > 0) {
    if (is_old || known->at != head) ask_for_walk(wallet);
    status.intact = false;
    status.checked_to = known->first_broken - 1;
    status.first_broken = known->first_broken;
    return status;
  }
  if (is_old) ask_for_walk(wallet);
  AuditHead end;
  TRY_VALUE(const auto step, walk_chain(vault, wallet, known->at, end, kRowsAtOnce));
  if (step == ChainStep::replaced) {
    drop(wallet);
    ask_for_walk(wallet);
    return ChainStatus{};
  }
  status.checked_to = known->at.seq;
  if (step == ChainStep::more) {
    ask_for_walk(wallet);
    keep(wallet, *known);
    return status;
  }
  status.intact = step == ChainStep::whole;
  if (step == ChainStep::broken) {
    status.first_broken = break_of(known->at, end);
    *known = {.at = end, .checked_at = known->checked_at, .first_broken = status.first_broken};
  }
  keep(wallet, *known);
  return status;
}

bool AuditCheckpoints::walk_next(const Vault& vault, const std::stop_token& stop) {
  WalletId wallet;
  {
    const std::scoped_lock lock(mutex_);
    if (waiting_.empty()) return false;
    wallet = waiting_.front();
    waiting_.pop_front();
    is_waiting_.erase(wallet);
  }
  Checkpoint found{.at = {}, .checked_at = vault.clock.now()};
  AuditHead head;
  for (auto step = Result<ChainStep>(ChainStep::more); *step == ChainStep::more;) {
    if (stop.stop_requested()) return true;
    step = walk_chain(vault, wallet, found.at, head, kRowsInAStep);
    // Do not queue the walk again here: the next page of this log does that.
    if (!step || *step == ChainStep::replaced) {
      drop(wallet);
      return true;
    }
    if (*step != ChainStep::broken) continue;
    found.first_broken = break_of(found.at, head);
    found.at = head;
  }
  keep(wallet, found);
  return true;
}

bool AuditCheckpoints::wait_for_work(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  return asked_.wait(lock, stop, [&] { return !waiting_.empty(); }) && !stop.stop_requested();
}

std::optional<AuditCheckpoints::Checkpoint> AuditCheckpoints::find(const WalletId& wallet) {
  const std::scoped_lock lock(mutex_);
  const auto found = checkpoints_.find(wallet);
  if (found == checkpoints_.end()) return std::nullopt;
  return found->second;
}

void AuditCheckpoints::keep(const WalletId& wallet, const Checkpoint& checkpoint) {
  const std::scoped_lock lock(mutex_);
  if (checkpoints_.size() >= kMostCheckpoints && !checkpoints_.contains(wallet)) {
    checkpoints_.erase(checkpoints_.begin());
  }
  Checkpoint& kept = checkpoints_[wallet];
  // A page that continued from an older checkpoint must not undo a newer walk.
  if (kept.checked_at <= checkpoint.checked_at) kept = checkpoint;
}

void AuditCheckpoints::drop(const WalletId& wallet) {
  const std::scoped_lock lock(mutex_);
  checkpoints_.erase(wallet);
}

void AuditCheckpoints::ask_for_walk(const WalletId& wallet) {
  {
    const std::scoped_lock lock(mutex_);
    if (waiting_.size() >= kMostWaiting || !is_waiting_.insert(wallet).second) return;
    waiting_.push_back(wallet);
  }
  asked_.notify_one();
}

}  // namespace cardvault
