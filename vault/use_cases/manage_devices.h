#pragma once

#include <functional>
#include <optional>
#include <string>

#include "crypto/secret.h"
#include "vault/use_cases/wallet_change.h"

namespace cardvault {

struct NewDevice {
  std::string name;
  SecretText fingerprint;         ///< kept as a keyed hash only
  std::optional<SecretText> sim;  ///< kept as a keyed hash only
  Bytes public_key;               ///< 32 bytes or empty
};

using RenderDevice = std::function<Answer(const Device&)>;

/// wallet_not_found, wallet_frozen, device_already_bound, limit_reached, idempotency_key_reused.
[[nodiscard]] Result<Answer> bind_device(const Vault& vault, const WalletId& wallet,
                                         const Actor& actor, const NewDevice& wanted,
                                         const std::optional<Idempotency>& idempotency,
                                         const RenderDevice& render);

/// The device's tokens are dead from this moment. wallet_not_found, device_not_found.
[[nodiscard]] Status unbind_device(const Vault& vault, const WalletId& wallet, const Actor& actor,
                                   const DeviceId& device);

}  // namespace cardvault
