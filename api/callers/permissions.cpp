#include "api/callers/permissions.h"

#include <algorithm>

namespace cardvault::api {

std::optional<PermissionSet> PermissionSet::parse(const std::vector<std::string>& names) {
  std::uint32_t bits = 0;
  for (const std::string& name : names) {
    const auto found = std::ranges::find(kPermissionNames, name);
    if (found == kPermissionNames.end()) return std::nullopt;
    bits |= bit(static_cast<Permission>(found - kPermissionNames.begin()));
  }
  if (bits == 0) return std::nullopt;
  return PermissionSet(bits);
}

std::vector<std::string_view> PermissionSet::names() const {
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < kPermissionNames.size(); ++i) {
    if ((bits_ & bit(static_cast<Permission>(i))) != 0) names.push_back(kPermissionNames[i]);
  }
  return names;
}

}  // namespace cardvault::api
