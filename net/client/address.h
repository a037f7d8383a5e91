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

/// An IPv4 or IPv6 address without port and zone.
class Address {
 public:
  /// Reads four decimal numbers, or IPv6 as in RFC 4291, 2.2, without brackets; nullopt for the
  /// rest.
  [[nodiscard]] static std::optional<Address> parse(std::string_view text);
  /// nullopt for other families than IPv4 and IPv6.
  [[nodiscard]] static std::optional<Address> of(const sockaddr& socket_address);

  /// True if the address is unicast and globally reachable by the IANA special-purpose registries
  /// (RFC 6890). So it belongs to another machine: not to this one, its network or its cloud's
  /// metadata service. An IPv6 address that contains an IPv4 address (mapped, NAT64, 6to4) is
  /// public if the IPv4 address is.
  [[nodiscard]] bool is_public() const;

  /// True for this machine itself: 127.0.0.0/8, also mapped into IPv6, and ::1.
  [[nodiscard]] bool is_loopback() const;

  [[nodiscard]] std::string text() const;
  [[nodiscard]] int family() const { return is_v6_ ? AF_INET6 : AF_INET; }

  bool operator==(const Address&) const = default;

 private:
  bool is_v6_ = false;
  std::array<std::uint8_t, 16> bytes_{};  ///< IPv4 uses the first four
};

/// Turns a name into addresses: at least one, or an error. Many threads call it at the same time.
using Resolver = std::function<Result<std::vector<Address>>(const std::string& host)>;

/// The machine's own resolver (getaddrinfo), in its order of preference. It blocks for as long as
/// resolv.conf says: 10 seconds and more if a name server does not answer (see NameLookup).
[[nodiscard]] Result<std::vector<Address>> resolve_by_system(const std::string& host);

}  // namespace cardvault
