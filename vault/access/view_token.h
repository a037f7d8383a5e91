#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/result.h"
#include "crypto/keys/live_keyring.h"
#include "vault/access/scope.h"
#include "vault/wallet/channel.h"

namespace cardvault {

/// Lifetimes of a token. Three minutes are enough to look at the wallet. A scope that can do harm
/// lives only long enough for one deliberate action.
inline constexpr Seconds kDefaultTokenLife{180};
inline constexpr Seconds kLongestTokenLife{900};
inline constexpr Seconds kLongestStepUpLife{120};

/// The content of a view token.
struct TokenClaims {
  WalletId wallet;
  DeviceId device;
  TokenId id;
  Time issued_at{};
  Time expires_at{};
  ScopeSet scopes;
  std::uint32_t epoch = 0;
  std::optional<CardId> card = {};
  std::optional<Channel> channel = {};
};

/// Makes a PASETO v4.local token. Footer: {"kid":"<key id>","dev":"<device id>"}; implicit
/// assertion: the device id. The footer names the device for two reasons. Introspection has no
/// Device-Id header, but must verify the token. And a valid token from another device must not look
/// like a broken one. Errors: those of LiveKeyring::current().
[[nodiscard]] Result<std::string> mint_token(const LiveKeyring& keyring, const TokenClaims& claims,
                                             RandomSource& random);

/// Returns the claims of a token that this vault minted, without checking its times and without any
/// store read. Errors: token_invalid, vault_sealed.
[[nodiscard]] Result<TokenClaims> read_token(const LiveKeyring& keyring, std::string_view token);

/// Like read_token(), but the token must be valid at `now`. Errors: token_expired. token_invalid
/// also if a clock that was ahead minted the token. Such a token was issued after `now` +
/// kClockTolerance, or expires after `now` + kLongestTokenLife + kClockTolerance.
[[nodiscard]] Result<TokenClaims> verify_token(const LiveKeyring& keyring, std::string_view token,
                                               Time now);

/// Like verify_token(), for a token that `device_header` presented. If the token belongs to another
/// device, it fails with token_wrong_device.
[[nodiscard]] Result<TokenClaims> verify_presented_token(const LiveKeyring& keyring,
                                                         std::string_view token,
                                                         std::string_view device_header, Time now);

}  // namespace cardvault
