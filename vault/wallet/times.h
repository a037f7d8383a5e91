#pragma once

#include "base/time.h"

namespace cardvault {

class Wallet;

/// Maximum difference between the clocks of two processes of one vault. A time further ahead than
/// this was written while a clock was wrong.
inline constexpr Seconds kClockTolerance{60};

/// Corrects times that a clock that was ahead left in the wallet. Locks end at most 30 minutes from
/// `now`. Remembered answers get at most the time `now`, so none lives longer than a day. Charges
/// taken after `now` are removed. Differences within kClockTolerance stay. Returns true if
/// something was changed.
///
/// Revoked tokens keep their time. A token that is ahead of the clock is refused now, but will be
/// valid later. Only its stored revocation then stops it.
[[nodiscard]] bool pull_back_times(Wallet& wallet, Time now);

}  // namespace cardvault
