#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "vault/use_cases/wallet_change.h"

namespace cardvault {

/// A deregistration that is not closed, with its deadline up to date.
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

/// How many closures are where. A snapshot that takes a while: not of one moment.
struct ClosureCensus {
  enum State : std::uint8_t { pending, closing, overdue, states };

  std::array<std::array<std::size_t, states>, kChannelNames.size()> open{};
  std::optional<Time> oldest_requested_at;
  std::size_t overdue_deregistrations = 0;
};

/// Reads every wallet with a due time. store_unavailable.
[[nodiscard]] Result<ClosureCensus> take_closure_census(const Vault& vault);

}  // namespace cardvault
