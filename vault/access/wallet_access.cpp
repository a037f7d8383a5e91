#include "vault/access/wallet_access.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/find.h"
#include "vault/access/error_codes.h"
#include "vault/wallet/error_codes.h"

namespace cardvault {

void revoke_token(Wallet& wallet, const TokenId& token, Time expires_at, Time now) {
  std::erase_if(wallet.revoked_tokens,
                [&](const RevokedToken& one) { return one.expires_at <= now; });
  if (is_revoked(wallet, token)) return;
  if (wallet.revoked_tokens.size() >= kMaxRevokedTokens) {
    wallet.revoked_tokens.clear();
    wallet.kill_all_tokens();
    return;
  }
  wallet.revoked_tokens.push_back({token, expires_at});
}

bool is_revoked(const Wallet& wallet, const TokenId& token) {
  return find_by(wallet.revoked_tokens, token, &RevokedToken::id) != nullptr;
}

Status add_device(Wallet& wallet, Device device,
                  const std::function<bool(const Device&)>& is_same) {
  if (const auto same = std::ranges::find_if(wallet.devices, is_same);
      same != wallet.devices.end()) {
    return fail_existing(AccessError::device_already_bound,
                         "This device is already bound to the wallet.", same->id.text());
  }
  if (wallet.devices.size() >= kMaxDevices) {
    return fail(ErrorCode::limit_reached,
                "The limit of " + std::to_string(kMaxDevices) +
                    " devices per wallet is reached. Unbind a device first.");
  }
  wallet.devices.push_back(std::move(device));
  return {};
}

Status remove_device(Wallet& wallet, const DeviceId& device) {
  if (std::erase_if(wallet.devices, [&](const Device& one) { return one.id == device; }) == 0) {
    return fail(WalletError::device_not_found, "The wallet has no such device.");
  }
  for (Credential& credential : wallet.credentials) credential.forget_device(device);
  return {};
}

const Device* find_device(const Wallet& wallet, const DeviceId& device) {
  return find_by(wallet.devices, device, &Device::id);
}

void put_credential(Wallet& wallet, Credential credential) {
  if (Credential* old = find_credential(wallet, credential.method)) {
    *old = std::move(credential);
  } else {
    wallet.credentials.push_back(std::move(credential));
  }
  wallet.kill_all_tokens();
}

Status remove_credential(Wallet& wallet, UnlockMethod method) {
  const auto removed = std::erase_if(wallet.credentials, [&](const Credential& credential) {
    return credential.method == method;
  });
  if (removed == 0) {
    return fail(AccessError::credential_not_set, "The wallet has no credential of this kind.");
  }
  wallet.kill_all_tokens();
  return {};
}

const Credential* find_credential(const Wallet& wallet, UnlockMethod method) {
  return find_by(wallet.credentials, method, &Credential::method);
}

Credential* find_credential(Wallet& wallet, UnlockMethod method) {
  return find_by(wallet.credentials, method, &Credential::method);
}

std::vector<std::string> unlock_fallbacks(const Wallet& wallet, UnlockMethod method,
                                          const DeviceId& device, Time now) {
  std::vector<std::string> methods;
  for (const Credential& credential : wallet.credentials) {
    const bool usable = !credential.is_void() && !credential.locked_until(device, now);
    if (credential.method != method && usable) methods.emplace_back(method_name(credential.method));
  }
  return methods;
}

}  // namespace cardvault
