#include "vault/access/manage_tokens.h"

#include <algorithm>

#include "vault/access/error_codes.h"
#include "vault/access/wallet_access.h"
#include "vault/wallet/error_codes.h"

namespace cardvault {
namespace {

Result<Seconds> token_life(const TokenRequest& request) {
  const Seconds longest = has_step_up(request.scopes) ? kLongestStepUpLife : kLongestTokenLife;
  const Seconds life = request.life.value_or(std::min(kDefaultTokenLife, longest));
  if (life < Seconds{1} || life > longest) return fail(invalid_field("ttl_s", "out_of_range"));
  return life;
}

}  // namespace

Result<IssuedToken> make_token(const Vault& vault, const Wallet& wallet,
                               const TokenRequest& request) {
  TRY(wallet.require_active());
  if (find_device(wallet, request.device) == nullptr) {
    return fail(WalletError::device_not_found, "The wallet has no such device.");
  }
  if (request.card && wallet.find_card(*request.card) == nullptr) {
    return fail(WalletError::card_not_found, "The wallet has no such card.");
  }
  TRY_VALUE(const auto life, token_life(request));
  const Time now = vault.clock.now();
  const TokenClaims claims{.wallet = wallet.id,
                           .device = request.device,
                           .id = TokenId::make(now, vault.random),
                           .issued_at = std::chrono::floor<Seconds>(now),
                           .expires_at = std::chrono::floor<Seconds>(now) + life,
                           .scopes = request.scopes,
                           .epoch = wallet.epoch,
                           .card = request.card,
                           .channel = request.channel};
  TRY_VALUE(auto token, mint_token(vault.keyring, claims, vault.random));
  return IssuedToken{std::move(token), claims};
}

Result<Answer> issue_token(const Vault& vault, const WalletId& wallet, const Actor& actor,
                           const TokenRequest& request,
                           const std::optional<Idempotency>& idempotency,
                           const RenderToken& render) {
  const auto issue = [&](const Wallet& opened) -> Result<Answer> {
    TRY_VALUE(const auto issued, make_token(vault, opened, request));
    return render(issued);
  };
  if (idempotency) {
    return change_wallet_once(vault, wallet, actor, idempotency,
                              [&](Wallet& opened, WalletChange&) { return issue(opened); });
  }
  TRY_VALUE(const auto opened, open_wallet(vault, wallet));
  return issue(opened.wallet);
}

Status check_token_alive(const Wallet& wallet, const TokenClaims& claims) {
  const bool closed = wallet.state == WalletState::closed;
  if (const auto active = wallet.require_active(); !active && !closed) return active;
  const bool alive = !closed && claims.epoch == wallet.epoch && !is_revoked(wallet, claims.id) &&
                     find_device(wallet, claims.device) != nullptr &&
                     (!claims.card || wallet.find_card(*claims.card) != nullptr);
  if (alive) return {};
  return fail(AccessError::token_revoked,
              "The token has been revoked. Unlock the wallet to get a new one.");
}

Result<std::optional<TokenClaims>> introspect_token(const Vault& vault, std::string_view token) {
  const auto claims = verify_token(vault.keyring, token, vault.clock.now());
  if (!claims) return std::nullopt;
  const auto opened = open_wallet(vault, claims->wallet);
  if (!opened && opened.error().code == WalletError::wallet_not_found) return std::nullopt;
  if (!opened) return fail(opened.error());
  if (!check_token_alive(opened->wallet, *claims)) return std::nullopt;
  return *claims;
}

Status revoke_token(const Vault& vault, const Actor& actor, std::string_view token) {
  // Do not use verify_token() here. It rejects a token whose times are ahead of the clock, and that
  // token would become valid later.
  const auto claims = read_token(vault.keyring, token);
  if (!claims || claims->expires_at <= vault.clock.now()) return {};
  const auto changed = change_wallet(
      vault, claims->wallet, actor, [&](Wallet& opened, WalletChange& change) -> Result<bool> {
        if (is_revoked(opened, claims->id) || claims->epoch != opened.epoch) return false;
        revoke_token(opened, claims->id, claims->expires_at, change.now());
        change.audit("token.revoked", {{"token", claims->id.text()}});
        return true;
      });
  if (!changed && changed.error().code == WalletError::wallet_not_found) return {};
  return changed;
}

Status revoke_all_tokens(const Vault& vault, const WalletId& wallet, const Actor& actor) {
  return change_wallet(vault, wallet, actor,
                       [](Wallet& opened, WalletChange& change) -> Result<bool> {
                         opened.kill_all_tokens();
                         change.audit("tokens.revoked_all");
                         return true;
                       });
}

}  // namespace cardvault
