#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crypto/secret.h"
#include "vault/use_cases/wallet_change.h"

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
  /// The errors of LiveKeyring::usable(): devices that older versions bound are keyed.
  [[nodiscard]] static Result<DeviceLikeness> to(const Vault& vault, const NewDevice& wanted);

  /// Another of the same fingerprint is the same device.
  [[nodiscard]] bool same_fingerprint(const Device& bound) const;
  /// In everything but the times.
  [[nodiscard]] bool same_in_all(const Device& bound) const;

 private:
  DeviceLikeness(const NewDevice& wanted, std::vector<KeyHandle> older_keys)
      : wanted_(wanted), older_keys_(std::move(older_keys)) {}
  [[nodiscard]] bool fits(const Device& bound, const Digest& kept, std::string_view domain,
                          const SecretText& said) const;

  const NewDevice& wanted_;
  std::vector<KeyHandle> older_keys_;
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
