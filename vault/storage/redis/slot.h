#pragma once

#include <cstdint>
#include <string_view>

namespace cardvault {

inline constexpr std::size_t kRedisSlots = 16384;

/// Returns the hash slot of a key, as the Redis Cluster specification defines it: CRC-16/XMODEM of
/// the text between the first "{" and the next "}". If that text is empty or missing, the whole key
/// is hashed.
[[nodiscard]] std::uint16_t redis_slot(std::string_view key);

}  // namespace cardvault
