#include "vault/use_cases/manage_devices.h"

#include "crypto/keyed_hash.h"

namespace cardvault {

Result<Device> make_device(const Vault& vault, const NewDevice& wanted) {
  const auto key = vault.keyring.current(Purpose::subject_index);
  if (!key) return fail(key.error());
  const ByteView material = (*key)->material.expose();
  Device device;
  device.bound_at = vault.clock.now();
  device.id = wanted.id ? *wanted.id : DeviceId::make(device.bound_at, vault.random);
  device.name = wanted.name;
  device.fingerprint = keyed_hash(material, "device", {as_bytes(wanted.fingerprint.expose())});
  device.has_sim = wanted.sim.has_value();
  if (wanted.sim) device.sim = keyed_hash(material, "sim", {as_bytes(wanted.sim->expose())});
  device.public_key = wanted.public_key;
  return device;
}

Result<Answer> bind_device(const Vault& vault, const WalletId& wallet, const Actor& actor,
                           const NewDevice& wanted, const std::optional<Idempotency>& idempotency,
                           const RenderDevice& render) {
  const auto device = make_device(vault, wanted);
  if (!device) return fail(device.error());
  const auto decide = [&](Wallet& opened, WalletChange& change) -> Result<Answer> {
    if (const auto active = opened.require_active(); !active) return fail(active.error());
    if (const auto bound = opened.bind_device(*device); !bound) return fail(bound.error());
    if (wanted.id) opened.kill_all_tokens();
    change.audit("device.bound", {{"device", device->id.text()}});
    return render(*device);
  };
  return change_wallet_once(vault, wallet, actor, idempotency, decide);
}

Status unbind_device(const Vault& vault, const WalletId& wallet, const Actor& actor,
                     const DeviceId& device) {
  return change_wallet(vault, wallet, actor,
                       [&](Wallet& opened, WalletChange& change) -> Result<bool> {
                         const auto unbound = opened.unbind_device(device);
                         if (!unbound) return fail(unbound.error());
                         change.audit("device.unbound", {{"device", device.text()}});
                         return true;
                       });
}

}  // namespace cardvault
