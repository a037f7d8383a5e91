#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/ids.h"
#include "crypto/keyed_hash.h"

namespace cardvault {

/// 128 random bits (NIST SP 800-132, 5.1). No key of the vault: the hashes are compared inside one
/// wallet only, whose record is sealed with them, and so never have to be made anew.
using DeviceSalt = std::array<std::uint8_t, 16>;

/// A device bound to the wallet. Only a bound device gets tokens; removing it kills them.
struct Device {
  DeviceId id;
  std::string name;
  DeviceSalt salt{};     ///< what the hashes below are keyed with
  Digest fingerprint{};  ///< hash of what the front end calls the device's fingerprint
  bool has_sim = false;
  Digest sim{};      ///< hash of the SIM's identifier when there is one, else zeros
  Bytes public_key;  ///< X25519, 32 bytes, or empty
  Time bound_at{};

  bool operator==(const Device&) const = default;
};

}  // namespace cardvault
