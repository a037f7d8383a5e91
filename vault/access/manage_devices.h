#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crypto/secret.h"
#include "vault/change/wallet_change.h"

namespace cardvault {

struct NewDevice {
  std::string name;
  SecretText fingerprint;         ///< kept as a salted hash only
  std::optional<SecretText> sim;  ///< kept as a salted hash only
  Bytes public_key;               ///< 32 bytes or empty
  /// A new one unless given, as seed_wallet does. A given one may have been bound before, so all
  /// tokens are killed: those of that time stay dead.
  std::optional<DeviceId> id = {};
};

/// Whether a bound device says the same of itself as another would that is to be bound.
class DeviceLikeness {
 public:
  /// `wanted` outlives this.
  explicit DeviceLikeness(const NewDevice& wanted) : wanted_(wanted) {}

  /// Another of the same fingerprint is the same device.
  [[nodiscard]] bool same_fingerprint(const Device& bound) const;
  /// In everything but the times.
  [[nodiscard]] bool same_in_all(const Device& bound) const;

 private:
  const NewDevice& wanted_;
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
