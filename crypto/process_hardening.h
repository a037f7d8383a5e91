#pragma once

namespace cardvault {

/// No core dumps (RLIMIT_CORE 0) and not dumpable (PR_SET_DUMPABLE 0), so neither a crash nor
/// another process of the same user reads keys out of memory. False when the kernel refuses.
[[nodiscard]] bool forbid_memory_dumps();

}  // namespace cardvault
