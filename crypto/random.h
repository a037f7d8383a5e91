#pragma once

#include "base/random.h"

namespace cardvault {

/// Must succeed once before anything else of this room is used; false when libsodium cannot start.
[[nodiscard]] bool init_crypto();

/// The operating system's generator (libsodium randombytes_buf). Stateless, safe from any thread.
class SystemRandom final : public RandomSource {
 public:
  void fill(std::span<std::uint8_t> out) override;
};

}  // namespace cardvault
