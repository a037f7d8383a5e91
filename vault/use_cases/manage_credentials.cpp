#include "vault/use_cases/manage_credentials.h"

#include "vault/policy/gesture.h"
#include "vault/policy/password.h"

namespace cardvault {
namespace {

Result<Credential> make_credential(const Vault& vault, UnlockMethod method,
                                   const SecretText& secret) {
  const auto pepper = vault.keyring.current(Purpose::pepper);
  if (!pepper) return fail(pepper.error());
  const auto normalized = normalized_secret(method, secret);
  if (!normalized) return fail(normalized.error());
  const auto permit = vault.gate.enter();
  if (!permit) return fail(permit.error());
  auto verifier =
      make_verifier(*normalized, (*pepper)->material.expose(), vault.password_cost, vault.random);
  if (!verifier) return fail(verifier.error());
  Credential credential;
  credential.method = method;
  credential.pepper = (*pepper)->id;
  credential.verifier = std::move(*verifier);
  credential.set_at = vault.clock.now();
  return credential;
}

}  // namespace

Status check_new_secret(UnlockMethod method, const SecretText& secret) {
  if (method == UnlockMethod::password) return check_new_password(secret);
  const auto gesture = Gesture::parse(secret);
  if (!gesture) return fail(gesture.error());
  if (!gesture->is_commonplace()) return {};
  Error error = make_error(ErrorCode::weak_credential, "This gesture is too easy to guess.");
  error.fields.push_back({"gesture", "commonplace"});
  return fail(std::move(error));
}

Result<SecretText> normalized_secret(UnlockMethod method, const SecretText& secret) {
  if (method == UnlockMethod::password) return SecretText(secret.expose());
  const auto gesture = Gesture::parse(secret);
  if (!gesture) return fail(gesture.error());
  return SecretText(gesture->canonical().expose());
}

Result<Credential> set_credential(const Vault& vault, const WalletId& wallet, const Actor& actor,
                                  UnlockMethod method, const SecretText& secret) {
  if (const auto good = check_new_secret(method, secret); !good) return fail(good.error());
  if (const auto exists = open_wallet(vault, wallet); !exists) return fail(exists.error());
  auto credential = make_credential(vault, method, secret);
  if (!credential) return fail(credential.error());
  const auto changed = change_wallet(
      vault, wallet, actor, [&](Wallet& opened, WalletChange& change) -> Result<bool> {
        if (const auto open = opened.require_open(); !open) return fail(open.error());
        opened.set_credential(*credential);
        change.audit("credential.set", {{"method", std::string(method_name(method))}});
        return true;
      });
  if (!changed) return fail(changed.error());
  return credential;
}

Status remove_credential(const Vault& vault, const WalletId& wallet, const Actor& actor,
                         UnlockMethod method) {
  return change_wallet(
      vault, wallet, actor, [&](Wallet& opened, WalletChange& change) -> Result<bool> {
        const auto removed = opened.remove_credential(method);
        if (!removed) return fail(removed.error());
        change.audit("credential.removed", {{"method", std::string(method_name(method))}});
        return true;
      });
}

}  // namespace cardvault
