#include "vault/access/scope.h"

#include <algorithm>

namespace cardvault {

std::optional<Scope> parse_scope(std::string_view name) {
  const auto found = std::ranges::find(kScopeNames, name);
  if (found == kScopeNames.end()) return std::nullopt;
  return static_cast<Scope>(found - kScopeNames.begin());
}

std::optional<ScopeSet> ScopeSet::parse(std::string_view text) {
  if (text.ends_with(' ')) return std::nullopt;
  ScopeSet scopes;
  while (!text.empty()) {
    const std::string_view name = text.substr(0, text.find(' '));
    const auto scope = parse_scope(name);
    if (!scope) return std::nullopt;
    scopes.insert(*scope);
    text.remove_prefix(std::min(text.size(), name.size() + 1));
  }
  if (scopes.empty()) return std::nullopt;
  return scopes;
}

std::string ScopeSet::text() const {
  std::string out;
  for (std::size_t i = 0; i < kScopeNames.size(); ++i) {
    if (!has(static_cast<Scope>(i))) continue;
    if (!out.empty()) out += ' ';
    out += kScopeNames[i];
  }
  return out;
}

}  // namespace cardvault
