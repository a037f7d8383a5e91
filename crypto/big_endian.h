#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"

namespace cardvault {

/// The bytes of `value`, most significant byte first. All stored numbers have this order.
template <std::unsigned_integral T>
[[nodiscard]] constexpr std::array<std::uint8_t, sizeof(T)> to_big_endian(T value) {
  std::array<std::uint8_t, sizeof(T)> bytes{};
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    bytes[sizeof(T) - 1 - i] = static_cast<std::uint8_t>(value >> (8U * i));
  }
  return bytes;
}

/// The inverse. It reads the first sizeof(T) bytes of `bytes`, which must have at least that many.
template <std::unsigned_integral T>
[[nodiscard]] constexpr T from_big_endian(ByteView bytes) {
  T value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    value = static_cast<T>(value | (static_cast<T>(bytes[i]) << (8U * (sizeof(T) - 1 - i))));
  }
  return value;
}

template <std::unsigned_integral T>
void append_big_endian(Bytes& out, T value) {
  const auto bytes = to_big_endian(value);
  out.insert(out.end(), bytes.begin(), bytes.end());
}

}  // namespace cardvault
