#include "vault/access/manage_devices.h"

#include <algorithm>

#include "crypto/keyed_hash.h"
#include "vault/access/wallet_access.h"

namespace cardvault {

namespace {

constexpr std::string_view kFingerprintDomain = "device";
constexpr std::string_view kSimDomain = "sim";

Digest hashed(const DeviceSalt& salt, std::string_view domain, const SecretText& said) {
  return keyed_hash(salt, domain, {as_bytes(said.expose())});
}

bool fits(const DeviceSalt& salt, const Digest& kept, std::string_view domain,
          const SecretText& said) {
  return equal_constant_time(kept, hashed(salt, domain, said));
}

Device make_device(const Vault& vault, const NewDevice& wanted) {
  Device device;
  device.bound_at = vault.clock.now();
  device.id = wanted.id ? *wanted.id : DeviceId::make(device.bound_at, vault.random);
  device.name = wanted.name;
  vault.random.fill(device.salt);
  device.fingerprint = hashed(device.salt, kFingerprintDomain, wanted.fingerprint);
  device.has_sim = wanted.sim.has_value();
  if (wanted.sim) device.sim = hashed(device.salt, kSimDomain, *wanted.sim);
  device.public_key = wanted.public_key;
  return device;
}

}  // namespace

bool DeviceLikeness::same_fingerprint(const Device& bound) const {
  return fits(bound.salt, bound.fingerprint, kFingerprintDomain, wanted_.fingerprint);
}

bool DeviceLikeness::same_in_all(const Device& bound) const {
  const bool same_sim = bound.has_sim == wanted_.sim.has_value() &&
                        (!wanted_.sim || fits(bound.salt, bound.sim, kSimDomain, *wanted_.sim));
  return same_sim && same_fingerprint(bound) && bound.name == wanted_.name &&
         bound.public_key == wanted_.public_key;
}

Result<Answer> bind_device(const Vault& vault, const WalletId& wallet, const Actor& actor,
                           const NewDevice& wanted, const std::optional<Idempotency>& idempotency,
                           const RenderDevice& render) {
  const Device device = make_device(vault, wanted);
  const DeviceLikeness likeness(wanted);
  const auto is_same = [&](const Device& one) { return likeness.same_fingerprint(one); };
  const auto decide = [&](Wallet& opened, WalletChange& change) -> Result<Answer> {
    TRY(opened.require_active());
    TRY(add_device(opened, device, is_same));
    if (wanted.id) opened.kill_all_tokens();
    change.audit("device.bound", {{"device", device.id.text()}});
    return render(device);
  };
  return change_wallet_once(vault, wallet, actor, idempotency, decide);
}

Status unbind_device(const Vault& vault, const WalletId& wallet, const Actor& actor,
                     const DeviceId& device) {
  return change_wallet(vault, wallet, actor,
                       [&](Wallet& opened, WalletChange& change) -> Result<bool> {
                         TRY(remove_device(opened, device));
                         change.audit("device.unbound", {{"device", device.text()}});
                         return true;
                       });
}

}  // namespace cardvault
