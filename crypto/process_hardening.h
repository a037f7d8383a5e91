#pragma once

#include <cstddef>

namespace cardvault {

/// No core dumps (RLIMIT_CORE 0) and not dumpable (PR_SET_DUMPABLE 0), so neither a crash nor
/// another process of the same user reads keys out of memory. False when the kernel refuses.
[[nodiscard]] bool forbid_memory_dumps();

/// Whether this process may lock `bytes` of memory more, so that they are never swapped out:
/// sodium_malloc locks what it gives, but does not say when the limit (RLIMIT_MEMLOCK) forbids it.
[[nodiscard]] bool can_lock_memory(std::size_t bytes);

/// What the keys of a vault need locked: two pages for each of 200 keys, and some to work with.
inline constexpr std::size_t kLockedForKeys = std::size_t{2} << 20U;

}  // namespace cardvault
