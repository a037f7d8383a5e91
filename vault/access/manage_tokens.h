#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "vault/access/view_token.h"
#include "vault/change/wallet_change.h"

namespace cardvault {

struct IssuedToken {
  std::string token;
  TokenClaims claims;
};

struct TokenRequest {
  DeviceId device;
  ScopeSet scopes;
  std::optional<Seconds> life = {};
  std::optional<CardId> card = {};
  std::optional<Channel> channel = {};
};

/// Makes a token for an opened wallet. Errors: device_not_found, card_not_found, wallet_frozen,
/// wallet_closed. If the requested lifetime is longer than the scopes allow, it fails with
/// invalid_request (ttl_s out_of_range).
[[nodiscard]] Result<IssuedToken> make_token(const Vault& vault, const Wallet& wallet,
                                             const TokenRequest& request);

using RenderToken = std::function<Answer(const IssuedToken&)>;

/// Issues a token on the backend's authority alone, without a password or gesture. Writes to the
/// store only if an Idempotency-Key requires it to remember the answer. Errors: wallet_not_found
/// and those of make_token().
[[nodiscard]] Result<Answer> issue_token(const Vault& vault, const WalletId& wallet,
                                         const Actor& actor, const TokenRequest& request,
                                         const std::optional<Idempotency>& idempotency,
                                         const RenderToken& render);

/// Returns the claims if the token would be accepted now, otherwise nullopt (RFC 7662, 2.2).
[[nodiscard]] Result<std::optional<TokenClaims>> introspect_token(const Vault& vault,
                                                                  std::string_view token);

/// Revokes a token. Succeeds also for a token that is invalid or already dead (RFC 7009, 2.2).
[[nodiscard]] Status revoke_token(const Vault& vault, const Actor& actor, std::string_view token);

/// Errors: wallet_not_found.
[[nodiscard]] Status revoke_all_tokens(const Vault& vault, const WalletId& wallet,
                                       const Actor& actor);

/// Checks the token against its wallet. Errors: token_revoked, wallet_frozen.
[[nodiscard]] Status check_token_alive(const Wallet& wallet, const TokenClaims& claims);

}  // namespace cardvault
