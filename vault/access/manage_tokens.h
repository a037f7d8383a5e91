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

/// A token for an opened wallet. device_not_found, card_not_found, wallet_frozen, and
/// invalid_request (ttl_s out_of_range) when the life asked for is longer than the scopes allow.
[[nodiscard]] Result<IssuedToken> make_token(const Vault& vault, const Wallet& wallet,
                                             const TokenRequest& request);

using RenderToken = std::function<Answer(const IssuedToken&)>;

/// A token on the backend's word alone. Writes nothing, unless an Idempotency-Key asks for the
/// answer to be remembered. wallet_not_found and what make_token says.
[[nodiscard]] Result<Answer> issue_token(const Vault& vault, const WalletId& wallet,
                                         const Actor& actor, const TokenRequest& request,
                                         const std::optional<Idempotency>& idempotency,
                                         const RenderToken& render);

/// The claims when the token would be accepted now; nullopt when it would not (RFC 7662, 2.2).
[[nodiscard]] Result<std::optional<TokenClaims>> introspect_token(const Vault& vault,
                                                                  std::string_view token);

/// Success also for a token that is invalid or dead already (RFC 7009, 2.2).
[[nodiscard]] Status revoke_token(const Vault& vault, const Actor& actor, std::string_view token);

/// wallet_not_found.
[[nodiscard]] Status revoke_all_tokens(const Vault& vault, const WalletId& wallet,
                                       const Actor& actor);

/// What a token's wallet says of it. token_revoked, wallet_frozen.
[[nodiscard]] Status check_token_alive(const Wallet& wallet, const TokenClaims& claims);

}  // namespace cardvault
