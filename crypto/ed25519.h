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

/// Size of a stored private key, which is the seed of RFC 8032, 5.1.5.
inline constexpr std::size_t kEd25519SeedSize = 32;

/// Ed25519 (RFC 8032). The same seed and message always give the same signature. `seed` must have
/// kEd25519SeedSize bytes. Any other size aborts the process, because keys are checked when they
/// are loaded.
[[nodiscard]] Ed25519Signature sign_ed25519(ByteView seed, ByteView message);
[[nodiscard]] Ed25519PublicKey ed25519_public_key(ByteView seed);

/// False for every signature that RFC 8032, 5.1.7 refuses, malleable ones (S not below the order)
/// included. It is stricter in one point: it also refuses every public key of small order, because
/// under such a key one signature fits many messages.
[[nodiscard]] bool verify_ed25519(const Ed25519PublicKey& key, ByteView message,
                                  const Ed25519Signature& signature);

/// Base64 by RFC 4648, 4, with padding. Standard Webhooks writes keys and signatures in this form.
[[nodiscard]] std::string to_base64(ByteView bytes);
/// Strict: nullopt for missing padding, white space, other alphabets and trailing bits that are not
/// zero.
[[nodiscard]] std::optional<Bytes> from_base64(std::string_view text);

}  // namespace cardvault
