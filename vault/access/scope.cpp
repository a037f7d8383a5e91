#include "vault/access/scope.h"

#include <ranges>

namespace cardvault {

std::optional<ScopeSet> parse_scopes(std::string_view text) {
  const auto as_text = [](const auto& part) { return std::string_view(part.begin(), part.end()); };
  return parse_names<ScopeSet>(kScopeNames,
                               text | std::views::split(' ') | std::views::transform(as_text));
}

std::string scope_text(ScopeSet scopes) {
  std::string text;
  for (const std::string_view name : names_in(kScopeNames, scopes)) {
    text.append(text.empty() ? "" : " ").append(name);
  }
  return text;
}

}  // namespace cardvault
