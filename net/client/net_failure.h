#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <string_view>

#include "base/names.h"

namespace cardvault {

/// Reason for the failure of a call over HTTP.
enum class NetFailure : std::uint8_t {
  none,                ///< a whole answer with 2xx
  resolve_failed,      ///< the name has no address
  target_refused,      ///< one of its addresses is not allowed
  connect_failed,      ///< refused or unreachable, or this process has no descriptor left
  timeout,             ///< the look-up, connecting or answering took too long
  tls_failed,          ///< no TLS, or a certificate that does not verify
  connection_lost,     ///< it ended before the answer, or the bytes are not HTTP
  redirected,          ///< 3xx: redirects are not followed
  response_too_large,  ///< its head or its body
  http_status,         ///< any other status except 2xx
};

inline constexpr auto kNetFailureNames = names_from<NetFailure::none>(
    "none", "resolve_failed", "target_refused", "connect_failed", "timeout", "tls_failed",
    "connection_lost", "redirected", "response_too_large", "http_status");

[[nodiscard]] constexpr std::string_view net_failure_name(NetFailure failure) {
  return name_of(kNetFailureNames, failure);
}

/// A value, or the reason for the failure.
template <class T>
using NetResult = std::expected<T, NetFailure>;

/// Time by which a call must be over. It does not use the vault's clock, because that clock can be
/// set.
using CallDeadline = std::chrono::steady_clock::time_point;

}  // namespace cardvault
