#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace cardvault {

/// Where an outside HTTP service is. Right by construction: every part can be put into a request as
/// it is, and the host is read by everyone as the same host.
struct Url {
  bool tls = false;      ///< https
  std::string host;      ///< lower case; an IPv6 address without its brackets
  std::uint16_t port{};  ///< 80 or 443 where the text names none
  std::string target;    ///< path and query, at least "/"

  /// Reads an absolute http or https URL (RFC 3986) of at most 2048 characters. invalid_request,
  /// `detail` saying what is wrong, for another scheme, user information, a fragment, a port out of
  /// range, and any character that has to be percent-encoded (so for everything outside ASCII).
  ///
  /// A host is an IPv6 address in brackets without a zone, an IPv4 address as four decimal numbers,
  /// or a name of letters, digits, "-" and "_". A last label that is a number in any notation must
  /// belong to such an IPv4 address: "127.1", "2130706433" and "0x7f.1" reach 127.0.0.1 through
  /// some resolvers and are a name to others.
  [[nodiscard]] static Result<Url> parse(std::string_view text);

  /// As the Host field wants it: brackets around an IPv6 address, the port where it is unusual.
  [[nodiscard]] std::string authority() const;
};

}  // namespace cardvault
