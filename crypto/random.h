#pragma once

#include "base/random.h"

namespace cardvault {

/// Call this before anything else in crypto/; it must succeed once. False if libsodium cannot
/// start.
[[nodiscard]] bool init_crypto();

/// The operating system's generator (libsodium randombytes_buf). Stateless; safe from any thread.
class SystemRandom final : public RandomSource {
 public:
  void fill(std::span<std::uint8_t> out) override;
};

}  // namespace cardvault
