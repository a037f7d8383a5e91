#pragma once

namespace cardvault::api {

/// Gives the calling thread the nice value 10, for good (setpriority(2)): a job can wait, a user
/// who looks at the list should not. Where others want the processor all the time the thread still
/// gets about a tenth of their share, so that the job ends; SCHED_IDLE would give it next to
/// nothing. Not for a store that threads share connections to: one reads for all.
void stand_back();

}  // namespace cardvault::api
