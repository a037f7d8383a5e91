#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cardvault::api {

/// Permissions of a backend client. The numbers are stored. `admin` includes all others.
enum class Permission : std::uint8_t {
  admin = 0,
  wallets_read = 1,
  wallets_write = 2,
  devices_write = 3,
  credentials_write = 4,
  unlock = 5,
  tokens_issue = 6,
  tokens_introspect = 7,
  tokens_revoke = 8,
  cards_import = 9,
  cards_deregister = 10,
  audit_read = 11,
  cards_channels = 12,
  bank_report = 13,
};

inline constexpr std::array<std::string_view, 14> kPermissionNames{
    "admin",          "wallets:read",      "wallets:write",
    "devices:write",  "credentials:write", "unlock",
    "tokens:issue",   "tokens:introspect", "tokens:revoke",
    "cards:import",   "cards:deregister",  "audit:read",
    "cards:channels", "bank:report"};

[[nodiscard]] constexpr std::string_view permission_name(Permission permission) {
  return kPermissionNames[static_cast<std::size_t>(permission)];
}

class PermissionSet {
 public:
  constexpr PermissionSet() = default;
  constexpr explicit PermissionSet(std::uint32_t bits) : bits_(bits) {}
  /// Returns nullopt for an unknown name or an empty list.
  [[nodiscard]] static std::optional<PermissionSet> parse(const std::vector<std::string>& names);

  [[nodiscard]] constexpr bool allows(Permission permission) const {
    return (bits_ & (bit(Permission::admin) | bit(permission))) != 0;
  }
  [[nodiscard]] constexpr std::uint32_t bits() const { return bits_; }
  [[nodiscard]] std::vector<std::string_view> names() const;
  bool operator==(const PermissionSet&) const = default;

 private:
  static constexpr std::uint32_t bit(Permission permission) {
    return 1U << static_cast<unsigned>(permission);
  }

  std::uint32_t bits_ = 0;
};

}  // namespace cardvault::api
