#pragma once

#include <cstdint>
#include <string_view>

#include "base/enum_set.h"
#include "base/names.h"

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

inline constexpr auto kPermissionNames = names_from<Permission::admin>(
    "admin", "wallets:read", "wallets:write", "devices:write", "credentials:write", "unlock",
    "tokens:issue", "tokens:introspect", "tokens:revoke", "cards:import", "cards:deregister",
    "audit:read", "cards:channels", "bank:report");

[[nodiscard]] constexpr std::string_view permission_name(Permission permission) {
  return name_of(kPermissionNames, permission);
}

using PermissionSet = EnumSet<Permission, std::uint32_t, kPermissionNames.size()>;

[[nodiscard]] constexpr bool allows(const PermissionSet& permissions, Permission permission) {
  return permissions.has(Permission::admin) || permissions.has(permission);
}

}  // namespace cardvault::api
