#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "vault/change/wallet_change.h"

namespace cardvault {

/// A deregistration that is not closed.
struct OpenDeregistration {
  WalletId wallet;
  Deregistration deregistration;
};

struct OpenPage {
  std::vector<OpenDeregistration> data;
  std::optional<WalletId> next;  ///< `after` for the next page; empty after the last page
};

/// Lists the open deregistrations of at most `limit` wallets with an id above `after`, in the order
/// of their wallets. It looks at wallets that have a due time; every wallet with an open closure
/// has one. If a wallet's record does not open, the wallet is skipped and logged. Errors:
/// store_unavailable.
[[nodiscard]] Result<OpenPage> list_open_deregistrations(const Vault& vault, const WalletId& after,
                                                         std::size_t limit);

/// Calls `visit` for every open deregistration until `visit` returns false. This takes a while, so
/// the result is not a snapshot of one moment. Errors: store_unavailable.
[[nodiscard]] Status visit_open_deregistrations(
    const Vault& vault, const std::function<bool(const OpenDeregistration&)>& visit);

/// Numbers of closures per channel and state.
struct ClosureCensus {
  enum State : std::uint8_t { pending, closing, overdue, states };

  std::array<std::array<std::size_t, states>, kChannelNames.size()> open{};
  std::optional<Time> oldest_requested_at;
  std::size_t overdue_deregistrations = 0;

  void add(const Deregistration& open_one, Time now);
};

/// True if an attempt waits for a time further ahead than `longest_wait`. A clock that was wrong
/// then, and has been corrected since, set that time.
[[nodiscard]] bool is_stranded(const Deregistration& open, Time now, Seconds longest_wait);

}  // namespace cardvault
