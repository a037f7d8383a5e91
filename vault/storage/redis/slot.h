#pragma once

#include <cstdint>
#include <string_view>

namespace cardvault {

inline constexpr std::size_t kRedisSlots = 16384;

/// The hash slot of a key as the Redis Cluster specification has it: CRC-16/XMODEM of what stands
/// between the first "{" and the next "}" when that is not empty, else of the whole key.
[[nodiscard]] std::uint16_t redis_slot(std::string_view key);

}  // namespace cardvault
