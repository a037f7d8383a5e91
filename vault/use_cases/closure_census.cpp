#include "vault/use_cases/closure_census.h"

#include "base/log.h"
#include "vault/use_cases/endings.h"

namespace cardvault {
namespace {

constexpr std::size_t kPage = 256;

void add_open_of(const Vault& vault, Wallet& wallet, std::vector<OpenDeregistration>& open) {
  for (Deregistration& one : wallet.deregistrations) {
    if (one.is_closed()) continue;
    const Deadline deadline = current_deadline(vault, one);
    one.deadline = deadline.at;
    one.deadline_provisional = deadline.provisional;
    open.push_back({wallet.id, std::move(one)});
  }
}

ClosureCensus::State state_of(const Closure& closure, const Deregistration& one, Time now) {
  if (one.is_overdue(now)) return ClosureCensus::overdue;
  return closure.state == ClosureState::closing ? ClosureCensus::closing : ClosureCensus::pending;
}

void count(ClosureCensus& census, const Deregistration& one, Time now) {
  if (one.is_overdue(now)) ++census.overdue_deregistrations;
  if (!census.oldest_requested_at || one.requested_at < *census.oldest_requested_at) {
    census.oldest_requested_at = one.requested_at;
  }
  for (const Closure& closure : one.closures) {
    if (!closure.is_open()) continue;
    ++census.open[static_cast<std::size_t>(closure.channel)][state_of(closure, one, now)];
  }
}

}  // namespace

Result<OpenPage> list_open_deregistrations(const Vault& vault, const WalletId& after,
                                           std::size_t limit) {
  const auto wallets = vault.store.list_due(after, limit);
  if (!wallets) return fail(wallets.error());
  OpenPage page;
  for (const WalletId& id : *wallets) {
    auto opened = open_wallet(vault, id);
    if (opened) {
      add_open_of(vault, opened->wallet, page.data);
    } else if (opened.error().code == ErrorCode::store_unavailable) {
      return fail(opened.error());
    } else {
      log::write(log::Level::error, "due_wallet_unreadable",
                 {{"wallet", id.text()}, {"code", error_code_name(opened.error().code)}});
    }
  }
  if (wallets->size() == limit) page.next = wallets->back();
  return page;
}

Result<ClosureCensus> take_closure_census(const Vault& vault) {
  ClosureCensus census;
  const Time now = vault.clock.now();
  std::optional<WalletId> after = WalletId();
  while (after) {
    const auto page = list_open_deregistrations(vault, *after, kPage);
    if (!page) return fail(page.error());
    for (const OpenDeregistration& one : page->data) count(census, one.deregistration, now);
    after = page->next;
  }
  return census;
}

}  // namespace cardvault
