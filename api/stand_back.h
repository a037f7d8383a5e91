#pragma once

namespace cardvault::api {

/// The calling thread runs from now on when the processor has nothing else to do: a job can wait, a
/// user who looks at the list should not. SCHED_IDLE (Linux, sched(7)), because a thread that is
/// only nice keeps the processor until its turn is over. Not for a store that threads share
/// connections to: one reads for all, and must not idle.
void stand_back();

}  // namespace cardvault::api
