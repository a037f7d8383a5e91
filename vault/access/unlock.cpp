#include "vault/access/unlock.h"

#include "vault/access/error_codes.h"
#include "vault/access/manage_credentials.h"
#include "vault/access/wallet_access.h"
#include "vault/wallet/error_codes.h"

namespace cardvault {
namespace {

std::vector<std::pair<std::string, std::string>> details_of(const UnlockRequest& request) {
  return {{"device", request.device.text()}, {"method", std::string(method_name(request.method))}};
}

Result<Credential*> find_usable(Wallet& wallet, const UnlockRequest& request) {
  TRY(wallet.require_active());
  if (find_device(wallet, request.device) == nullptr) {
    return fail(WalletError::device_not_found, "The wallet has no such device.");
  }
  Credential* credential = find_credential(wallet, request.method);
  if (credential == nullptr) {
    return fail(AccessError::credential_not_set, "The wallet has no credential of this kind.");
  }
  return credential;
}

/// A verifier and the pepper key that made it.
struct Peppered {
  Bytes verifier;
  KeyId pepper = 0;
};

/// An attempt whose charge is committed, with everything that the evaluation needs.
struct Begun {
  ChargeId charge;
  Peppered verifier;
  std::optional<VerificationGate::Permit> permit;
};

/// Best effort: if this fails, the charge ends when its lease expires.
void give_back(const Vault& vault, const WalletId& wallet, const Actor& actor,
               const UnlockRequest& request, const ChargeId& charge) {
  (void)change_wallet(vault, wallet, actor,
                      [&](Wallet& opened, WalletChange& change) -> Result<bool> {
                        Credential* credential = find_credential(opened, request.method);
                        if (credential == nullptr || !credential->give_back(charge)) return false;
                        change.audit("unlock.given_back", details_of(request));
                        return true;
                      });
}

Result<Begun> begin(const AccessVault& vault, const WalletId& wallet, const Actor& actor,
                    const UnlockRequest& request) {
  Begun begun;
  bool charged = false;
  const auto decide = [&](Wallet& opened, WalletChange& change) -> Result<bool> {
    charged = false;
    TRY_VALUE(const auto credential, find_usable(opened, request));
    begun.charge = ChargeId::make(change.now(), vault.random);
    begun.verifier = {credential->verifier, credential->pepper};
    auto free = credential->begin_try({begun.charge, request.device, change.now()});
    if (!free) {
      Error error = std::move(free.error());
      error.fallback = unlock_fallbacks(opened, request.method, request.device, change.now());
      return fail(std::move(error));
    }
    if (!begun.permit) {
      TRY_VALUE(auto permit, vault.gate.reserve());
      begun.permit.emplace(std::move(permit));
    }
    change.audit("unlock.attempted", details_of(request));
    charged = true;
    return true;
  };
  const auto changed = change_wallet(vault, wallet, actor, decide);
  if (changed) return begun;
  begun.permit.reset();
  // The commit may have succeeded although its answer was lost.
  if (charged) give_back(vault, wallet, actor, request, begun.charge);
  return fail(changed.error());
}

/// Makes a verifier under the current pepper key. Returns nothing if the old verifier already uses
/// it, or if a new verifier cannot be made now.
std::optional<Peppered> peppered_anew(const AccessVault& vault, KeyId pepper,
                                      const SecretText& secret) {
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

Result<Evaluated> evaluate(const AccessVault& vault, const Begun& begun,
                           const UnlockRequest& request, VerificationGate::Permit permit) {
  const auto& [verifier, key] = begun.verifier;
  TRY_VALUE(const auto pepper, vault.keyring.find(Purpose::pepper, key));
  const auto normalized = normalized_secret(request.method, request.secret);
  if (!normalized) return Evaluated{};
  permit.wait_turn();
  TRY_VALUE(const auto right, check_verifier(verifier, *normalized, pepper->material.expose()));
  if (!right) return Evaluated{};
  return Evaluated{.right = true, .anew = peppered_anew(vault, key, *normalized)};
}

/// Returns the credential if the charge of the attempt is still in flight. Otherwise the caller
/// must not reveal a verdict, so a right and a wrong secret get the same errors.
Result<Credential*> find_charged(Wallet& wallet, const UnlockRequest& request,
                                 const ChargeId& charge) {
  auto credential = find_usable(wallet, request);
  if (!credential || (*credential)->has_charge(charge)) return credential;
  Error error =
      make_error(ErrorCode::busy, "The evaluation took too long. Try again after Retry-After.");
  error.retry_after = kBusyRetry;
  return fail(std::move(error));
}

Error unlock_failed(const FailedTry& failed) {
  Error error = make_error(AccessError::unlock_failed, "The password or gesture is wrong.");
  error.attempts_left = failed.attempts_left;
  if (failed.locked && !failed.voided) error.retry_after = kLockTime;
  return error;
}

/// Commits the failure, then returns the answer to a wrong secret.
Error commit_failure(const Vault& vault, const WalletId& wallet, const Actor& actor,
                     const UnlockRequest& request, const ChargeId& charge) {
  FailedTry failed;
  std::vector<std::string> fallback;
  const auto changed = change_wallet(
      vault, wallet, actor, [&](Wallet& opened, WalletChange& change) -> Result<bool> {
        TRY_VALUE(const auto credential, find_charged(opened, request, charge));
        failed = credential->fail_try(charge, change.now());
        fallback = unlock_fallbacks(opened, request.method, request.device, change.now());
        change.audit("unlock.failed", details_of(request));
        return true;
      });
  if (!changed) return changed.error();
  Error error = unlock_failed(failed);
  if (!failed.locked && !failed.voided) return error;
  error.fallback = std::move(fallback);
  if (request.on_lockout) request.on_lockout();
  return error;
}

Result<IssuedToken> commit_success(const Vault& vault, const WalletId& wallet, const Actor& actor,
                                   const UnlockRequest& request, const ChargeId& charge,
                                   const std::optional<Peppered>& anew) {
  Result<IssuedToken> issued;
  TRY(change_wallet(vault, wallet, actor,
                    [&](Wallet& opened, WalletChange& change) -> Result<bool> {
                      TRY_VALUE(const auto credential, find_charged(opened, request, charge));
                      issued = make_token(vault, opened,
                                          {.device = request.device,
                                           .scopes = ScopeSet{Scope::cards_list},
                                           .channel = request.channel});
                      if (!issued) {
                        change.audit("unlock.given_back", details_of(request));
                        return credential->give_back(charge);
                      }
                      credential->pass_try(charge);
                      if (anew && credential->pepper < anew->pepper) {
                        credential->verifier = anew->verifier;
                        credential->pepper = anew->pepper;
                      }
                      change.audit("unlock.succeeded", details_of(request));
                      return true;
                    }));
  return issued;
}

}  // namespace

Result<IssuedToken> unlock(const AccessVault& vault, const WalletId& wallet, const Actor& actor,
                           const UnlockRequest& request) {
  auto begun = begin(vault, wallet, actor, request);
  if (!begun) return fail(begun.error());
  const auto evaluated = evaluate(vault, *begun, request, std::move(*begun->permit));
  if (!evaluated) {
    give_back(vault, wallet, actor, request, begun->charge);
    return fail(evaluated.error());
  }
  if (!evaluated->right) {
    return fail(commit_failure(vault, wallet, actor, request, begun->charge));
  }
  return commit_success(vault, wallet, actor, request, begun->charge, evaluated->anew);
}

}  // namespace cardvault
