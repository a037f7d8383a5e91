#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace cardvault {

using Ed25519Signature = std::array<std::uint8_t, 64>;
using Ed25519PublicKey = std::array<std::uint8_t, 32>;

/// The size of a private key as kept: the seed of RFC 8032, 5.1.5.
inline constexpr std::size_t kEd25519SeedSize = 32;

/// Ed25519 (RFC 8032): the same seed and message always give the same signature. `seed` has
/// kEd25519SeedSize bytes; anything else aborts, because keys are checked when they are loaded.
[[nodiscard]] Ed25519Signature sign_ed25519(ByteView seed, ByteView message);
[[nodiscard]] Ed25519PublicKey ed25519_public_key(ByteView seed);

/// False for every signature that RFC 8032, 5.1.7 refuses, malleable ones (S not below the order)
/// among them, and, more strictly, for every public key of small order: under such a key one
/// signature fits many messages.
[[nodiscard]] bool verify_ed25519(const Ed25519PublicKey& key, ByteView message,
                                  const Ed25519Signature& signature);

/// RFC 4648, 4 with padding: the form in which Standard Webhooks writes keys and signatures.
[[nodiscard]] std::string to_base64(ByteView bytes);
/// Strict: nullopt for missing padding, white space, other alphabets and non-zero trailing bits.
[[nodiscard]] std::optional<Bytes> from_base64(std::string_view text);

}  // namespace cardvault
