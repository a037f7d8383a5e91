#pragma once

#include <cstdint>
#include <string_view>

#include "base/names.h"

namespace cardvault {

/// Why the last attempt to close a channel failed. The numbers are stored. `last_error` shows the
/// names; for http_status it shows the number too, as in "http_503".
enum class CloseFailure : std::uint8_t {
  none = 0,
  not_configured = 1,      ///< the channel is not in the configuration (any more)
  target_refused = 2,      ///< its address is private, loopback or reserved, or it is plain http
  resolve_failed = 3,      ///< its name has no address
  connect_failed = 4,      ///< refused or unreachable
  timeout = 5,             ///< connecting or answering exceeded the timeout
  tls_failed = 6,          ///< no TLS, or a certificate that does not verify
  connection_lost = 7,     ///< it ended before the answer did, or the answer is not HTTP
  redirected = 8,          ///< 3xx: redirects are not followed
  response_too_large = 9,  ///< more than 64 KiB
  http_status = 10,        ///< any other status that is not 2xx
  key_unavailable = 11,    ///< the signing key cannot be used
  circuit_open = 12,       ///< not called: the channel recently failed several times in a row
  busy = 13,               ///< not called: too many closures of this channel are waiting
  not_acknowledged = 14,   ///< it accepted the call but did not report in time
  reported_failed = 15,    ///< it reported a failure
};

inline constexpr auto kCloseFailureNames = names_from<CloseFailure::none>(
    "none", "not_configured", "target_refused", "resolve_failed", "connect_failed", "timeout",
    "tls_failed", "connection_lost", "redirected", "response_too_large", "http_status",
    "key_unavailable", "circuit_open", "busy", "not_acknowledged", "reported_failed");

/// True if the channel was called.
[[nodiscard]] constexpr bool was_called(CloseFailure failure) {
  switch (failure) {
    case CloseFailure::not_configured:
    case CloseFailure::target_refused:
    case CloseFailure::resolve_failed:
    case CloseFailure::key_unavailable:
    case CloseFailure::circuit_open:
    case CloseFailure::busy:
      return false;
    case CloseFailure::none:
    case CloseFailure::connect_failed:
    case CloseFailure::timeout:
    case CloseFailure::tls_failed:
    case CloseFailure::connection_lost:
    case CloseFailure::redirected:
    case CloseFailure::response_too_large:
    case CloseFailure::http_status:
    case CloseFailure::not_acknowledged:
    case CloseFailure::reported_failed:
      return true;
  }
  return true;
}

[[nodiscard]] constexpr std::string_view close_failure_name(CloseFailure failure) {
  return name_of(kCloseFailureNames, failure);
}

}  // namespace cardvault
