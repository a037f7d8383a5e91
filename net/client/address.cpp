#include "net/client/address.h"

#include <arpa/inet.h>
#include <netdb.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <span>

namespace cardvault {
namespace {

using Octets = std::span<const std::uint8_t>;

struct Prefix {
  std::array<std::uint8_t, 16> bytes;
  unsigned bits;
};

// https://www.iana.org/assignments/iana-ipv4-special-registry, and multicast. 192.0.0.0/24 and
// 192.88.99.0/24 are listed whole: their reachable addresses are anycast services and no channels.
constexpr std::array kPrivateV4{
    Prefix{{0}, 8},              // this network
    Prefix{{10}, 8},             // private
    Prefix{{100, 64}, 10},       // shared by carriers
    Prefix{{127}, 8},            // loopback
    Prefix{{169, 254}, 16},      // link local, cloud metadata
    Prefix{{172, 16}, 12},       // private
    Prefix{{192, 0, 0}, 24},     // protocol assignments
    Prefix{{192, 0, 2}, 24},     // documentation
    Prefix{{192, 88, 99}, 24},   // 6to4 relays
    Prefix{{192, 168}, 16},      // private
    Prefix{{198, 18}, 15},       // benchmarks
    Prefix{{198, 51, 100}, 24},  // documentation
    Prefix{{203, 0, 113}, 24},   // documentation
    Prefix{{224}, 4},            // multicast
    Prefix{{240}, 4},            // reserved, broadcast
};

// The only block of IPv6 addresses that is assigned for everyone (RFC 4291, 2.4). Loopback,
// 64:ff9b:1::/48, 100::/64, 5f00::/16, fc00::/7, fe80::/10, fec0::/10 and ff00::/8 lie outside it.
constexpr Prefix kGlobalUnicast{{0x20}, 3};
// Exceptions from that block by https://www.iana.org/assignments/iana-ipv6-special-registry.
constexpr std::array kPrivateV6{
    Prefix{{0x20, 0x01}, 23},              // protocol assignments, Teredo
    Prefix{{0x20, 0x01, 0x0d, 0xb8}, 32},  // documentation
    Prefix{{0x3f, 0xff}, 20},              // documentation
};

constexpr Prefix kLoopbackV4{{127}, 8};
constexpr Prefix kLoopbackV6{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 128};
constexpr Prefix kMapped{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96};
constexpr Prefix kNat64{{0x00, 0x64, 0xff, 0x9b}, 96};
constexpr Prefix k6to4{{0x20, 0x02}, 16};

bool is_in(Octets address, const Prefix& prefix) {
  const unsigned whole = prefix.bits / 8;
  if (!std::equal(prefix.bytes.begin(), prefix.bytes.begin() + whole, address.begin()))
    return false;
  const unsigned rest = prefix.bits % 8;
  return rest == 0 || ((address[whole] ^ prefix.bytes[whole]) >> (8 - rest)) == 0;
}

bool is_public_v4(Octets address) {
  return std::ranges::none_of(kPrivateV4, [&](const Prefix& p) { return is_in(address, p); });
}

bool is_public_v6(Octets address) {
  if (is_in(address, kMapped) || is_in(address, kNat64)) return is_public_v4(address.subspan(12));
  if (is_in(address, k6to4)) return is_public_v4(address.subspan(2, 4));
  return is_in(address, kGlobalUnicast) &&
         std::ranges::none_of(kPrivateV6, [&](const Prefix& p) { return is_in(address, p); });
}

template <class Part>
void copy_part(const Part& from, std::span<std::uint8_t> to) {
  std::memcpy(to.data(), &from, sizeof from);
}

}  // namespace

std::optional<Address> Address::parse(std::string_view text) {
  if (text.contains('\0')) return std::nullopt;
  Address address;
  address.is_v6_ = text.contains(':');
  const bool read =
      ::inet_pton(address.family(), std::string(text).c_str(), address.bytes_.data()) == 1;
  return read ? std::optional(address) : std::nullopt;
}

std::optional<Address> Address::of(const sockaddr& socket_address) {
  Address address;
  const void* const raw = &socket_address;
  if (socket_address.sa_family == AF_INET) {
    copy_part(static_cast<const sockaddr_in*>(raw)->sin_addr, address.bytes_);
    return address;
  }
  if (socket_address.sa_family != AF_INET6) return std::nullopt;
  address.is_v6_ = true;
  copy_part(static_cast<const sockaddr_in6*>(raw)->sin6_addr, address.bytes_);
  return address;
}

bool Address::is_public() const {
  return is_v6_ ? is_public_v6(bytes_) : is_public_v4(bytes_);
}

bool Address::is_loopback() const {
  if (!is_v6_) return is_in(bytes_, kLoopbackV4);
  if (is_in(bytes_, kMapped)) return is_in(Octets(bytes_).subspan(12), kLoopbackV4);
  return is_in(bytes_, kLoopbackV6);
}

std::string Address::text() const {
  std::array<char, INET6_ADDRSTRLEN> written{};
  return ::inet_ntop(family(), bytes_.data(), written.data(), written.size());
}

Result<std::vector<Address>> resolve_by_system(const std::string& host) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  const int code = ::getaddrinfo(host.c_str(), nullptr, &hints, &list);
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(list, ::freeaddrinfo);
  std::vector<Address> addresses;
  for (const addrinfo* entry = code == 0 ? list : nullptr; entry != nullptr;
       entry = entry->ai_next) {
    if (const auto address = Address::of(*entry->ai_addr)) addresses.push_back(*address);
  }
  if (!addresses.empty()) return addresses;
  return fail(ErrorCode::internal, "The name has no address.",
              {code == 0 ? "no address of a known family" : ::gai_strerror(code)});
}

}  // namespace cardvault
