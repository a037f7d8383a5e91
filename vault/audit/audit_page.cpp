#include "vault/audit/audit_page.h"

#include <span>

#include "vault/change/wallet_change.h"
#include "vault/wallet/error_codes.h"

namespace cardvault {
namespace {

/// Opens rows one after the other and notes the first row that does not follow its predecessor.
class Opening {
 public:
  Opening(const Vault& vault, const WalletId& wallet, AuditPage& page)
      : vault_(vault), wallet_(wallet), page_(page) {}

  /// Takes the row before the page. Its link is trusted without a check.
  void begin(const AuditRow* row, std::uint64_t seq) {
    if (seq > 0 && seq <= page_.head.seq && (row == nullptr || row->seq != seq)) note(seq);
    at_ = {seq, row == nullptr ? Digest{} : row->link};
  }

  Status take(const AuditRow& row) {
    TRY_VALUE(auto opened, open_audit_entry(vault_, wallet_, row, at_));
    if (!opened || !opened->follows) note(at_.seq + 1);
    if (opened) page_.entries.push_back(std::move(opened->entry));
    at_ = {row.seq, row.link};
    return {};
  }

  /// Call this after the last row of the page. `beyond` says whether the log has a row after it.
  void end(bool beyond) {
    const AuditHead& head = page_.head;
    if (at_.seq > head.seq || (at_.seq == head.seq && beyond)) return note(head.seq + 1);
    if (at_.seq == head.seq && at_.link != head.link) note(head.seq + 1);
    if (at_.seq < head.seq && !beyond) note(at_.seq + 1);
  }

 private:
  void note(std::uint64_t seq) {
    if (page_.first_broken == 0 || seq < page_.first_broken) page_.first_broken = seq;
  }

  const Vault& vault_;
  const WalletId& wallet_;
  AuditPage& page_;
  AuditHead at_;
};

}  // namespace

Result<AuditPage> read_audit(const Vault& vault, const WalletId& wallet, std::uint64_t after,
                             std::size_t limit) {
  const std::size_t before = after > 0 ? 1 : 0;
  TRY_VALUE(auto snapshot, vault.store.load_snapshot(wallet, {.audit_after = after - before,
                                                              .audit_limit = limit + before + 1}));
  if (!snapshot) return fail(WalletError::wallet_not_found, "There is no such wallet.");
  TRY_VALUE(const auto opened, open_stored_wallet(vault, wallet, snapshot->wallet));
  AuditPage page;
  page.head = opened.wallet.audit;

  std::span<const AuditRow> rows = snapshot->audit;
  Opening opening(vault, wallet, page);
  const bool has_front = !rows.empty() && rows.front().seq <= after;
  opening.begin(has_front ? &rows.front() : nullptr, after);
  if (has_front) rows = rows.subspan(1);
  const auto shown = rows.first(std::min(limit, rows.size()));
  const bool beyond = rows.size() > shown.size();
  for (const AuditRow& row : shown) {
    TRY(opening.take(row));
  }
  if (after <= page.head.seq || !shown.empty()) opening.end(beyond);
  page.next = beyond && !shown.empty() ? shown.back().seq : after + limit;
  page.has_more = beyond || page.next < page.head.seq;
  return page;
}

}  // namespace cardvault
