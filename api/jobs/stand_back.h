#pragma once

namespace cardvault::api {

/// Sets the nice value of the calling thread to 10, for good (setpriority(2)): a job can wait, a
/// user who looks at the list should not. If other threads want the processor all the time, the
/// thread still gets about a tenth of their share, so the job ends. SCHED_IDLE would give it almost
/// nothing. Do not use it if threads share the store's connections: one thread reads for all of
/// them.
void stand_back();

}  // namespace cardvault::api
