#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/ids.h"
#include "crypto/keyed_hash.h"

namespace cardvault {

/// 128 random bits (NIST SP 800-132, 5.1). This is not a key of the vault. The hashes are compared
/// only inside one wallet, and the wallet record seals salt and hashes together. So a change of
/// keys never affects them.
using DeviceSalt = std::array<std::uint8_t, 16>;

/// A device bound to the wallet. Only a bound device gets tokens. Unbinding it revokes them.
struct Device {
  DeviceId id;
  std::string name;
  DeviceSalt salt{};     ///< key of the hashes below
  Digest fingerprint{};  ///< hash of the device fingerprint that the front end sends
  bool has_sim = false;
  Digest sim{};      ///< hash of the SIM's identifier, or zeros
  Bytes public_key;  ///< X25519, 32 bytes, or empty
  Time bound_at{};

  bool operator==(const Device&) const = default;
};

}  // namespace cardvault
