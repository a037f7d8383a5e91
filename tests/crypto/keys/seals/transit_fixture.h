#pragma once

#include "crypto/aead.h"
#include "crypto/error_codes.h"
#include "crypto/keys/seals/transit_seal.h"
#include "tests/crypto/keys/seals/transit_engine.h"
#include "tests/support/http_peers.h"

namespace cardvault::test {

[[nodiscard]] inline TransitOptions options_for(std::uint16_t port,
                                                const std::string& scheme = "http") {
  return {.address = scheme + "://127.0.0.1:" + std::to_string(port), .key = "cardvault"};
}

[[nodiscard]] inline std::unique_ptr<TransitSeal> transit_seal(
    const TransitOptions& options, std::string_view token = TransitEngine::kToken) {
  return TransitSeal::open(options, SecretText(token), this_machine).value();
}

[[nodiscard]] inline SecretBytes some_key() {
  SystemRandom random;
  return SecretBytes::random(kAeadKeySize, random);
}

[[nodiscard]] inline bool opens(Seal& seal, ByteView wrapped, const SecretBytes& key) {
  const auto opened = seal.unwrap(wrapped);
  return opened && equal_constant_time(opened->expose(), key.expose());
}

template <class T>
[[nodiscard]] bool is_corrupt(const Result<T>& outcome) {
  return !outcome && outcome.error().code == ErrorCode::record_corrupt;
}

/// The detail of key_unavailable; "" for any other outcome.
template <class T>
[[nodiscard]] std::string refusal(const Result<T>& outcome) {
  if (outcome || outcome.error().code != CryptoError::key_unavailable) return {};
  return outcome.error().detail;
}

}  // namespace cardvault::test
