#include "vault/closing/overview.h"

#include <algorithm>

#include "base/log.h"

namespace cardvault {
namespace {

constexpr std::size_t kPage = 256;

void add_open_of(Wallet& wallet, std::vector<OpenDeregistration>& open) {
  for (Deregistration& one : wallet.deregistrations) {
    if (!one.is_closed()) open.push_back({wallet.id, std::move(one)});
  }
}

ClosureCensus::State state_of(const Closure& closure, const Deregistration& one, Time now) {
  if (one.is_overdue(now)) return ClosureCensus::overdue;
  return closure.state == ClosureState::closing ? ClosureCensus::closing : ClosureCensus::pending;
}

}  // namespace

Result<OpenPage> list_open_deregistrations(const Vault& vault, const WalletId& after,
                                           std::size_t limit) {
  TRY_VALUE(const auto wallets, vault.store.list_due(after, limit));
  OpenPage page;
  for (const WalletId& id : wallets) {
    auto opened = open_wallet(vault, id);
    if (opened) {
      add_open_of(opened->wallet, page.data);
    } else if (opened.error().code == ErrorCode::store_unavailable) {
      return fail(opened.error());
    } else {
      log::write(log::Level::error, "due_wallet_unreadable",
                 {{"wallet", id.text()}, {"code", opened.error().code.name}});
    }
  }
  if (wallets.size() == limit) page.next = wallets.back();
  return page;
}

Status visit_open_deregistrations(const Vault& vault,
                                  const std::function<bool(const OpenDeregistration&)>& visit) {
  std::optional<WalletId> after = WalletId();
  while (after) {
    TRY_VALUE(const auto page, list_open_deregistrations(vault, *after, kPage));
    if (!std::ranges::all_of(page.data, visit)) return {};
    after = page.next;
  }
  return {};
}

void ClosureCensus::add(const Deregistration& open_one, Time now) {
  if (open_one.is_overdue(now)) ++overdue_deregistrations;
  if (!oldest_requested_at || open_one.requested_at < *oldest_requested_at) {
    oldest_requested_at = open_one.requested_at;
  }
  for (const Closure& closure : open_one.closures) {
    if (!closure.is_open()) continue;
    ++open[static_cast<std::size_t>(closure.channel)][state_of(closure, open_one, now)];
  }
}

bool is_stranded(const Deregistration& open, Time now, Seconds longest_wait) {
  return std::ranges::any_of(open.closures, [&](const Closure& closure) {
    return closure.next_attempt_at && *closure.next_attempt_at > now + longest_wait;
  });
}

}  // namespace cardvault
