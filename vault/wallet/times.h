#pragma once

#include "base/time.h"

namespace cardvault {

class Wallet;

/// How far the clocks of two processes of one vault may differ. A time further ahead than this was
/// written while a clock was wrong.
inline constexpr Seconds kClockTolerance{60};

/// Mends what a clock that was ahead left in the wallet: locks end 30 minutes from `now` at the
/// latest, remembered answers were given `now` at the latest, so none lives longer than a day, and
/// charges of later than `now` are given back. Differences within the tolerance stay. True when
/// something was changed.
///
/// Revoked tokens keep their time: a token that is refused because it is ahead of the clock is
/// accepted again when its time comes, unless its revocation is still known.
[[nodiscard]] bool pull_back_times(Wallet& wallet, Time now);

}  // namespace cardvault
