#include "vault/audit/audit_chain.h"

#include <algorithm>
#include <span>

#include "vault/change/wallet_change.h"
#include "vault/wallet/error_codes.h"

namespace cardvault {
namespace {

// Only a change of keys or a repair rewrites a log, and both are rare.
constexpr int kMostRestarts = 8;

struct Part {
  AuditHead head;
  std::vector<AuditRow> rows;
};

Result<Part> read_part(const Vault& vault, const WalletId& wallet, std::uint64_t after,
                       std::size_t limit) {
  TRY_VALUE(auto snapshot,
            vault.store.load_snapshot(wallet, {.audit_after = after, .audit_limit = limit}));
  if (!snapshot) return fail(WalletError::wallet_not_found, "There is no such wallet.");
  TRY_VALUE(const auto opened, open_stored_wallet(vault, wallet, snapshot->wallet));
  return Part{.head = opened.wallet.audit, .rows = std::move(snapshot->audit)};
}

/// Moves `at` to the last row that follows its predecessor, but not beyond the head.
Status follow(const Vault& vault, const WalletId& wallet, std::span<const AuditRow> rows,
              const AuditHead& head, AuditHead& at) {
  for (const AuditRow& row : rows) {
    if (at.seq >= head.seq) break;
    TRY_VALUE(const auto opened, open_audit_entry(vault, wallet, row, at));
    if (!opened || !opened->follows) break;
    at = {row.seq, row.link};
  }
  return {};
}

}  // namespace

Result<ChainStep> walk_chain(const Vault& vault, const WalletId& wallet, AuditHead& at,
                             AuditHead& head, std::size_t rows) {
  const std::size_t anchor = at.seq > 0 ? 1 : 0;
  // Read one more row than the walk covers: no row may exist after the end.
  const std::size_t limit = std::min(rows + anchor + 1, kMostRowsInSnapshot);
  TRY_VALUE(const auto part, read_part(vault, wallet, at.seq - anchor, limit));
  head = part.head;
  std::span<const AuditRow> ahead = part.rows;
  if (anchor > 0) {
    const bool same = !ahead.empty() && ahead.front().seq == at.seq &&
                      equal_constant_time(ahead.front().link, at.link);
    if (!same) return ChainStep::replaced;
    ahead = ahead.subspan(1);
  }
  const std::uint64_t begin = at.seq;
  const auto walkable = ahead.first(std::min(rows, ahead.size()));
  TRY(follow(vault, wallet, walkable, head, at));
  const std::size_t walked = at.seq - begin;
  if (at.seq == head.seq) {
    return at.link == head.link && walked == ahead.size() ? ChainStep::whole : ChainStep::broken;
  }
  return walked == walkable.size() && walked < ahead.size() ? ChainStep::more : ChainStep::broken;
}

Result<ChainCheck> check_audit_chain(const Vault& vault, const WalletId& wallet) {
  AuditHead at;
  AuditHead head;
  for (int restarts = 0;;) {
    TRY_VALUE(const auto step, walk_chain(vault, wallet, at, head, kRowsInAStep));
    if (step == ChainStep::more) continue;
    if (step == ChainStep::replaced && restarts++ < kMostRestarts) {
      at = {};
      continue;
    }
    if (step == ChainStep::whole) return ChainCheck{.intact = true, .entries = head.seq};
    return ChainCheck{.entries = head.seq, .first_broken = std::min(at.seq, head.seq) + 1};
  }
}

}  // namespace cardvault
