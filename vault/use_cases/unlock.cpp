#include "vault/use_cases/unlock.h"

#include "vault/use_cases/manage_credentials.h"

namespace cardvault {
namespace {

std::vector<std::pair<std::string, std::string>> details_of(const UnlockRequest& request) {
  return {{"device", request.device.text()}, {"method", std::string(method_name(request.method))}};
}

Result<Credential*> find_usable(Wallet& wallet, const UnlockRequest& request) {
  if (const auto active = wallet.require_active(); !active) return fail(active.error());
  if (wallet.find_device(request.device) == nullptr) {
    return fail(ErrorCode::device_not_found, "The wallet has no such device.");
  }
  Credential* credential = wallet.find_credential(request.method);
  if (credential == nullptr) {
    return fail(ErrorCode::credential_not_set, "The wallet has no credential of this kind.");
  }
  return credential;
}

Result<std::uint32_t> charge(Wallet& wallet, const UnlockRequest& request, Time now) {
  const auto credential = find_usable(wallet, request);
  if (!credential) return fail(credential.error());
  auto left = (*credential)->charge_attempt(request.device, now);
  if (!left) {
    Error error = std::move(left.error());
    error.fallback = wallet.unlock_fallbacks(request.method, request.device, now);
    return fail(std::move(error));
  }
  return left;
}

/// A verifier and the pepper key that it was made with.
struct Peppered {
  Bytes verifier;
  KeyId pepper = 0;
};

/// What is charged in the wallet, and what the evaluation needs of it.
struct Charged {
  std::uint32_t attempts_left = 0;
  Peppered verifier;
  std::uint32_t epoch = 0;
  std::vector<std::string> fallback;
  bool voids = false;  ///< a failure of this attempt is the one that voids the credential
};

Result<Charged> commit_charge(const Vault& vault, const WalletId& wallet, const Actor& actor,
                              const UnlockRequest& request) {
  Charged charged;
  const auto changed = change_wallet(
      vault, wallet, actor, [&](Wallet& opened, WalletChange& change) -> Result<bool> {
        const auto left = charge(opened, request, change.now());
        if (!left) return fail(left.error());
        const Credential* credential = opened.find_credential(request.method);
        const bool voids = credential->is_void();
        charged = {voids ? 0 : *left,
                   {credential->verifier, credential->pepper},
                   opened.epoch,
                   opened.unlock_fallbacks(request.method, request.device, change.now()),
                   voids};
        change.audit("unlock.attempted", details_of(request));
        return true;
      });
  if (!changed) return fail(changed.error());
  return charged;
}

/// Under the current pepper key; nothing when it is so already, or when that cannot be done now.
std::optional<Peppered> peppered_anew(const Vault& vault, KeyId pepper, const SecretText& secret) {
  const auto current = vault.keyring.current(Purpose::pepper);
  if (!current || (*current)->id <= pepper) return std::nullopt;
  auto verifier =
      make_verifier(secret, (*current)->material.expose(), vault.password_cost, vault.random);
  if (!verifier) return std::nullopt;
  return Peppered{std::move(*verifier), (*current)->id};
}

struct Evaluated {
  bool right = false;
  std::optional<Peppered> anew = {};
};

Result<Evaluated> evaluate(const Vault& vault, const Charged& charged, const UnlockRequest& request,
                           VerificationGate::Permit permit) {
  const auto& [verifier, key] = charged.verifier;
  const auto pepper = vault.keyring.find(Purpose::pepper, key);
  if (!pepper) return fail(pepper.error());
  const auto normalized = normalized_secret(request.method, request.secret);
  if (!normalized) return Evaluated{};
  permit.wait_turn();
  const auto right = check_verifier(verifier, *normalized, (*pepper)->material.expose());
  if (!right) return fail(right.error());
  if (!*right) return Evaluated{};
  return Evaluated{.right = true, .anew = peppered_anew(vault, key, *normalized)};
}

/// Another verifier in the same epoch is of the same secret, made anew by a success beside this
/// one: setting a credential raises the epoch.
bool was_set_anew(const Wallet& wallet, const Credential& credential, const Charged& charged) {
  return credential.verifier != charged.verifier.verifier && wallet.epoch != charged.epoch;
}

std::unexpected<Error> unlock_failed(const Charged& charged) {
  Error error = make_error(ErrorCode::unlock_failed, "The password or gesture is not right.");
  error.attempts_left = charged.attempts_left;
  if (charged.attempts_left == 0) {
    if (!charged.voids) error.retry_after = kLockTime;
    error.fallback = charged.fallback;
  }
  return fail(std::move(error));
}

Result<IssuedToken> commit_success(const Vault& vault, const WalletId& wallet, const Actor& actor,
                                   const UnlockRequest& request, const Charged& charged,
                                   const std::optional<Peppered>& anew) {
  IssuedToken issued;
  const auto changed = change_wallet(
      vault, wallet, actor, [&](Wallet& opened, WalletChange& change) -> Result<bool> {
        const auto credential = find_usable(opened, request);
        if (!credential) return fail(credential.error());
        if (was_set_anew(opened, **credential, charged)) return unlock_failed(charged);
        (*credential)->record_success(request.device);
        if (anew && (*credential)->pepper < anew->pepper) {
          (*credential)->verifier = anew->verifier;
          (*credential)->pepper = anew->pepper;
        }
        auto made = make_token(vault, opened,
                               {.device = request.device,
                                .scopes = ScopeSet(Scope::cards_list),
                                .channel = request.channel});
        if (!made) return fail(made.error());
        issued = std::move(*made);
        change.audit("unlock.succeeded", details_of(request));
        return true;
      });
  if (!changed) return fail(changed.error());
  return issued;
}

}  // namespace

Result<IssuedToken> unlock(const Vault& vault, const WalletId& wallet, const Actor& actor,
                           const UnlockRequest& request) {
  auto opened = open_wallet(vault, wallet);
  if (!opened) return fail(opened.error());
  const auto chargeable = charge(opened->wallet, request, vault.clock.now());
  if (!chargeable) return fail(chargeable.error());
  auto permit = vault.gate.reserve();
  if (!permit) return fail(permit.error());
  const auto charged = commit_charge(vault, wallet, actor, request);
  if (!charged) return fail(charged.error());
  const auto evaluated = evaluate(vault, *charged, request, std::move(*permit));
  if (!evaluated) return fail(evaluated.error());
  if (!evaluated->right) return unlock_failed(*charged);
  return commit_success(vault, wallet, actor, request, *charged, evaluated->anew);
}

}  // namespace cardvault
