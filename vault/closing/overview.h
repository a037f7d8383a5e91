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
  std::optional<WalletId> next;  ///< where the next page begins; nothing after the last
};

/// The open deregistrations of at most `limit` wallets with an id above `after`, in order of their
/// wallets: those that have a due time, which is all that have an open closure. A wallet whose
/// record does not open is passed over and logged. store_unavailable.
[[nodiscard]] Result<OpenPage> list_open_deregistrations(const Vault& vault, const WalletId& after,
                                                         std::size_t limit);

/// Shows every open deregistration to `visit`, which ends it by answering false. Takes a while: not
/// of one moment. store_unavailable.
[[nodiscard]] Status visit_open_deregistrations(
    const Vault& vault, const std::function<bool(const OpenDeregistration&)>& visit);

/// How many closures are where.
struct ClosureCensus {
  enum State : std::uint8_t { pending, closing, overdue, states };

  std::array<std::array<std::size_t, states>, kChannelNames.size()> open{};
  std::optional<Time> oldest_requested_at;
  std::size_t overdue_deregistrations = 0;

  void add(const Deregistration& open_one, Time now);
};

/// Whether a try waits for a time further ahead than any wait is long: it was set by a clock that
/// has been put right since.
[[nodiscard]] bool is_stranded(const Deregistration& open, Time now, Seconds longest_wait);

}  // namespace cardvault
