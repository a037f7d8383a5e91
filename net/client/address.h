#pragma once

#include <netinet/in.h>

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cardvault {

/// An IPv4 or IPv6 address, without port and zone.
class Address {
 public:
  /// Four decimal numbers, or IPv6 as in RFC 4291, 2.2 without brackets; nullopt for the rest.
  [[nodiscard]] static std::optional<Address> parse(std::string_view text);
  /// nullopt for a family that is neither.
  [[nodiscard]] static std::optional<Address> of(const sockaddr& socket_address);

  /// True when the IANA special-purpose registries (RFC 6890) leave it globally reachable and it is
  /// unicast: somebody else's machine, not this one, its network or its cloud's metadata. An IPv6
  /// address that carries an IPv4 one (mapped, NAT64, 6to4) is as public as that is.
  [[nodiscard]] bool is_public() const;

  /// True for this machine itself: 127.0.0.0/8, mapped into IPv6 too, and ::1.
  [[nodiscard]] bool is_loopback() const;

  [[nodiscard]] std::string text() const;
  [[nodiscard]] int family() const { return is_v6_ ? AF_INET6 : AF_INET; }

  bool operator==(const Address&) const = default;

 private:
  bool is_v6_ = false;
  std::array<std::uint8_t, 16> bytes_{};  ///< of IPv4 the first four
};

/// How names become addresses; called from many threads at once. At least one address, or an error.
using Resolver = std::function<Result<std::vector<Address>>(const std::string& host)>;

/// The machine's own (getaddrinfo), in the order it prefers. Blocks for as long as resolv.conf
/// says, 10 seconds and more with a name server that does not answer (see NameLookup).
[[nodiscard]] Result<std::vector<Address>> resolve_by_system(const std::string& host);

}  // namespace cardvault
