#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <expected>
#include <string_view>

namespace cardvault {

/// Why a call over HTTP came to nothing.
enum class NetFailure : std::uint8_t {
  none,                ///< answered 2xx, whole
  resolve_failed,      ///< the name has no address
  target_refused,      ///< the judge of addresses does not allow one of them
  connect_failed,      ///< refused or unreachable, or this process has no descriptor left
  timeout,             ///< the look-up, connecting or answering took too long
  tls_failed,          ///< no TLS, or a certificate that does not verify
  connection_lost,     ///< it ended before the answer did, or what came is not HTTP
  redirected,          ///< 3xx: redirects are not followed
  response_too_large,  ///< head or body
  http_status,         ///< any other status that is not 2xx
};

inline constexpr std::array<std::string_view, 10> kNetFailureNames{
    "none",       "resolve_failed",  "target_refused", "connect_failed",     "timeout",
    "tls_failed", "connection_lost", "redirected",     "response_too_large", "http_status"};

[[nodiscard]] constexpr std::string_view net_failure_name(NetFailure failure) {
  return kNetFailureNames[static_cast<std::size_t>(failure)];
}

/// A value, or why there is none.
template <class T>
using NetResult = std::expected<T, NetFailure>;

/// The moment a call has to be over. Not the vault's clock: that one can be set.
using CallDeadline = std::chrono::steady_clock::time_point;

}  // namespace cardvault
