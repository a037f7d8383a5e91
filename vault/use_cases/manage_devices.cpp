#include "vault/use_cases/manage_devices.h"

#include <algorithm>

#include "crypto/keyed_hash.h"

namespace cardvault {

namespace {

constexpr std::string_view kFingerprintDomain = "device";
constexpr std::string_view kSimDomain = "sim";

Device make_device(const Vault& vault, const NewDevice& wanted) {
  Device device;
  device.bound_at = vault.clock.now();
  device.id = wanted.id ? *wanted.id : DeviceId::make(device.bound_at, vault.random);
  device.name = wanted.name;
  DeviceSalt& salt = device.salt.emplace();
  vault.random.fill(salt);
  device.fingerprint =
      keyed_hash(salt, kFingerprintDomain, {as_bytes(wanted.fingerprint.expose())});
  device.has_sim = wanted.sim.has_value();
  if (wanted.sim) device.sim = keyed_hash(salt, kSimDomain, {as_bytes(wanted.sim->expose())});
  device.public_key = wanted.public_key;
  return device;
}

}  // namespace

Result<DeviceLikeness> DeviceLikeness::to(const Vault& vault, const NewDevice& wanted) {
  auto keys = vault.keyring.usable(Purpose::subject_index);
  if (!keys) return fail(std::move(keys.error()));
  return DeviceLikeness(wanted, std::move(*keys));
}

bool DeviceLikeness::same_fingerprint(const Device& bound) const {
  return fits(bound, bound.fingerprint, kFingerprintDomain, wanted_.fingerprint);
}

bool DeviceLikeness::same_in_all(const Device& bound) const {
  const bool same_sim = bound.has_sim == wanted_.sim.has_value() &&
                        (!wanted_.sim || fits(bound, bound.sim, kSimDomain, *wanted_.sim));
  return same_sim && same_fingerprint(bound) && bound.name == wanted_.name &&
         bound.public_key == wanted_.public_key;
}

bool DeviceLikeness::fits(const Device& bound, const Digest& kept, std::string_view domain,
                          const SecretText& said) const {
  const auto hashed_with = [&](ByteView key) {
    return equal_constant_time(kept, keyed_hash(key, domain, {as_bytes(said.expose())}));
  };
  if (bound.salt) return hashed_with(*bound.salt);
  return std::ranges::any_of(
      older_keys_, [&](const KeyHandle& key) { return hashed_with(key->material.expose()); });
}

Result<Answer> bind_device(const Vault& vault, const WalletId& wallet, const Actor& actor,
                           const NewDevice& wanted, const std::optional<Idempotency>& idempotency,
                           const RenderDevice& render) {
  const Device device = make_device(vault, wanted);
  const auto likeness = DeviceLikeness::to(vault, wanted);
  if (!likeness) return fail(likeness.error());
  const auto is_same = [&](const Device& one) { return likeness->same_fingerprint(one); };
  const auto decide = [&](Wallet& opened, WalletChange& change) -> Result<Answer> {
    if (const auto active = opened.require_active(); !active) return fail(active.error());
    if (const auto bound = opened.bind_device(device, is_same); !bound) return fail(bound.error());
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
                         const auto unbound = opened.unbind_device(device);
                         if (!unbound) return fail(unbound.error());
                         change.audit("device.unbound", {{"device", device.text()}});
                         return true;
                       });
}

}  // namespace cardvault
