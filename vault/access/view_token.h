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

/// How long a token may live. Three minutes is a look at the wallet; a scope that can do harm lives
/// for one deliberate action.
inline constexpr Seconds kDefaultTokenLife{180};
inline constexpr Seconds kLongestTokenLife{900};
inline constexpr Seconds kLongestStepUpLife{120};

/// What a view token says.
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

/// A PASETO v4.local token. Footer: {"kid":"<key id>","dev":"<device id>"}; implicit assertion: the
/// device id. The footer names the device so that introspection, which has no Device-Id header, can
/// verify, and so that a token used from another device is told apart from a broken one.
/// The errors of LiveKeyring::current().
[[nodiscard]] Result<std::string> mint_token(const LiveKeyring& keyring, const TokenClaims& claims,
                                             RandomSource& random);

/// The claims of a token that this vault minted, whatever the time, without any store read.
/// token_invalid or vault_sealed.
[[nodiscard]] Result<TokenClaims> read_token(const LiveKeyring& keyring, std::string_view token);

/// The same of a token that lives at `now`: token_expired; token_invalid when it was issued more
/// than kClockTolerance ahead of `now` or lives longer from `now` than a token may, because a clock
/// that was ahead minted it.
[[nodiscard]] Result<TokenClaims> verify_token(const LiveKeyring& keyring, std::string_view token,
                                               Time now);

/// The same, presented by `device_header`: token_wrong_device when that is not the token's device.
[[nodiscard]] Result<TokenClaims> verify_presented_token(const LiveKeyring& keyring,
                                                         std::string_view token,
                                                         std::string_view device_header, Time now);

}  // namespace cardvault
