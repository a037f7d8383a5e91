#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace cardvault {

/// Address of an outside HTTP service. It is right by construction: every part can go into a
/// request unchanged, and every reader of the host sees the same host.
struct Url {
  bool tls = false;      ///< https
  std::string host;      ///< lower case; an IPv6 address without its brackets
  std::uint16_t port{};  ///< 80 or 443 if the text has no port
  std::string target;    ///< path and query, at least "/"

  /// Reads an absolute http or https URL (RFC 3986) of at most 2048 characters. invalid_request for
  /// another scheme, user information, a fragment, a port out of range, and any character that must
  /// be percent-encoded (so for all characters outside ASCII). `detail` says what is wrong.
  ///
  /// A host is an IPv6 address in brackets without a zone, an IPv4 address of four decimal numbers,
  /// or a name of letters, digits, "-" and "_". If the last label is a number in any notation, the
  /// host must be such an IPv4 address. The reason: "127.1", "2130706433" and "0x7f.1" reach
  /// 127.0.0.1 through some resolvers and are names for others.
  [[nodiscard]] static Result<Url> parse(std::string_view text);

  /// Value for the Host field: an IPv6 address in brackets; the port only if it is not the default.
  [[nodiscard]] std::string authority() const;
};

}  // namespace cardvault
