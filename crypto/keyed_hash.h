#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "base/bytes.h"

namespace cardvault {

using Digest = std::array<std::uint8_t, 32>;

/// HMAC-SHA-256 (FIPS 198-1) with its whole output. `key` may have any length.
[[nodiscard]] Digest hmac_sha256(ByteView key, ByteView message);

/// HMAC-SHA-256 over a domain word and parts. Each has its 32-bit length in front, so two different
/// lists of parts never give the same message. Hashes of card numbers are keyed, because an
/// attacker can undo a plain hash by trying every number (PCI DSS v4.0.1 requirement 3.5.1.1).
[[nodiscard]] Digest keyed_hash(ByteView key, std::string_view domain,
                                std::initializer_list<ByteView> parts);

/// SHA-256 (FIPS 180-4), for digests that outsiders must be able to check.
[[nodiscard]] Digest sha256(ByteView message);

/// BLAKE2b-256 without a key, for values that are unpredictable already (client keys) or public.
[[nodiscard]] Digest plain_hash(ByteView message);

}  // namespace cardvault
