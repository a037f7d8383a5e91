#include "crypto/random.h"

#include <sodium.h>

namespace cardvault {

bool init_crypto() {
  return sodium_init() >= 0;
}

void SystemRandom::fill(std::span<std::uint8_t> out) {
  randombytes_buf(out.data(), out.size());
}

}  // namespace cardvault
