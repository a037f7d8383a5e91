#include "vault/access/manage_credentials.h"

#include "crypto/error_codes.h"
#include "vault/access/gesture.h"
#include "vault/access/password.h"
#include "vault/access/wallet_access.h"

namespace cardvault {
namespace {

Result<Credential> make_credential(const AccessVault& vault, UnlockMethod method,
                                   const SecretText& secret) {
  TRY_VALUE(const auto pepper, vault.keyring.current(Purpose::pepper));
  TRY_VALUE(const auto normalized, normalized_secret(method, secret));
  TRY(vault.gate.enter());
  TRY_VALUE(auto verifier, make_verifier(normalized, pepper->material.expose(), vault.password_cost,
                                         vault.random));
  Credential credential;
  credential.method = method;
  credential.pepper = pepper->id;
  credential.verifier = std::move(verifier);
  credential.set_at = vault.clock.now();
  return credential;
}

}  // namespace

Status check_new_secret(UnlockMethod method, const SecretText& secret) {
  if (method == UnlockMethod::password) return check_new_password(secret);
  TRY_VALUE(const auto gesture, Gesture::parse(secret));
  if (!gesture.is_commonplace()) return {};
  Error error = make_error(CryptoError::weak_credential,
                           "This gesture is too easy to guess. Choose another one.");
  error.fields.push_back({"gesture", "commonplace"});
  return fail(std::move(error));
}

Result<SecretText> normalized_secret(UnlockMethod method, const SecretText& secret) {
  if (method == UnlockMethod::password) return SecretText(secret.expose());
  TRY_VALUE(const auto gesture, Gesture::parse(secret));
  return SecretText(gesture.canonical().expose());
}

Result<Credential> set_credential(const AccessVault& vault, const WalletId& wallet,
                                  const Actor& actor, UnlockMethod method,
                                  const SecretText& secret) {
  TRY(check_new_secret(method, secret));
  TRY(open_wallet(vault, wallet));
  auto credential = make_credential(vault, method, secret);
  if (!credential) return fail(credential.error());
  TRY(change_wallet(
      vault, wallet, actor, [&](Wallet& opened, WalletChange& change) -> Result<bool> {
        TRY(opened.require_open());
        put_credential(opened, *credential);
        change.audit("credential.set", {{"method", std::string(method_name(method))}});
        return true;
      }));
  return credential;
}

Status remove_credential(const Vault& vault, const WalletId& wallet, const Actor& actor,
                         UnlockMethod method) {
  return change_wallet(
      vault, wallet, actor, [&](Wallet& opened, WalletChange& change) -> Result<bool> {
        TRY(remove_credential(opened, method));
        change.audit("credential.removed", {{"method", std::string(method_name(method))}});
        return true;
      });
}

}  // namespace cardvault
