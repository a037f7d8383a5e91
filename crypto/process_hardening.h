#pragma once

#include <cstddef>

namespace cardvault {

/// Turns core dumps off (RLIMIT_CORE 0) and makes the process not dumpable (PR_SET_DUMPABLE 0). So
/// neither a crash nor another process of the same user reveals keys from memory. False if the
/// kernel refuses.
[[nodiscard]] bool forbid_memory_dumps();

/// True if this process may lock `bytes` more of memory, so that they are never swapped out.
/// sodium_malloc locks its memory, but does not report a limit (RLIMIT_MEMLOCK) that forbids it.
[[nodiscard]] bool can_lock_memory(std::size_t bytes);

/// Locked memory that a vault's keys need: two pages for each of 200 keys, and some to work with.
inline constexpr std::size_t kLockedForKeys = std::size_t{2} << 20U;

}  // namespace cardvault
