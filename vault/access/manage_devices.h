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
  SecretText fingerprint;         ///< stored only as a salted hash
  std::optional<SecretText> sim;  ///< stored only as a salted hash
  Bytes public_key;               ///< 32 bytes or empty
  /// If this is empty, the device gets a new id. seed_wallet gives an id. A device with the given
  /// id may have been bound before, so binding it revokes all tokens: old tokens of that id stay
  /// dead.
  std::optional<DeviceId> id = {};
};

/// Compares a bound device with a device that shall be bound.
class DeviceLikeness {
 public:
  /// `wanted` must outlive this object.
  explicit DeviceLikeness(const NewDevice& wanted) : wanted_(wanted) {}

  /// True if both have the same fingerprint, which means that they are the same device.
  [[nodiscard]] bool same_fingerprint(const Device& bound) const;
  /// True if name, fingerprint, SIM and public key are all the same.
  [[nodiscard]] bool same_in_all(const Device& bound) const;

 private:
  const NewDevice& wanted_;
};

using RenderDevice = std::function<Answer(const Device&)>;

/// Errors: wallet_not_found, wallet_frozen, wallet_closed, device_already_bound, limit_reached,
/// idempotency_key_reused.
[[nodiscard]] Result<Answer> bind_device(const Vault& vault, const WalletId& wallet,
                                         const Actor& actor, const NewDevice& wanted,
                                         const std::optional<Idempotency>& idempotency,
                                         const RenderDevice& render);

/// Unbinds the device. Its tokens are revoked immediately. Errors: wallet_not_found,
/// device_not_found.
[[nodiscard]] Status unbind_device(const Vault& vault, const WalletId& wallet, const Actor& actor,
                                   const DeviceId& device);

}  // namespace cardvault
