#pragma once

#include <cstdint>
#include <span>

namespace cardvault {

/// Source of unpredictable bytes. Callers pass it in, so that a simulation can replay a seed; the
/// service uses SystemRandom from crypto/. Implementations are safe to call from any thread.
class RandomSource {
 public:
  virtual ~RandomSource() = default;
  virtual void fill(std::span<std::uint8_t> out) = 0;
};

}  // namespace cardvault
