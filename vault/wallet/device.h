#pragma once

#include <string>

#include "base/bytes.h"
#include "base/ids.h"
#include "crypto/keyed_hash.h"

namespace cardvault {

/// A device bound to the wallet. Only a bound device gets tokens; removing it kills them.
struct Device {
  DeviceId id;
  std::string name;
  Digest fingerprint{};  ///< keyed hash of what the front end calls the device's fingerprint
  bool has_sim = false;
  Digest sim{};      ///< keyed hash of the SIM's identifier, when given
  Bytes public_key;  ///< X25519, 32 bytes, or empty
  Time bound_at{};

  bool operator==(const Device&) const = default;
};

}  // namespace cardvault
