#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/enum_set.h"
#include "base/names.h"

namespace cardvault {

/// The rights that a token can have.
enum class Scope : std::uint8_t {
  cards_list = 0,
  card_balance = 1,
  card_transactions = 2,
  card_deregister = 3,
  card_channels = 4,
};

inline constexpr auto kScopeNames = names_from<Scope::cards_list>(
    "cards:list", "card:balance", "card:transactions", "card:deregister", "card:channels");

[[nodiscard]] constexpr std::string_view scope_name(Scope scope) {
  return name_of(kScopeNames, scope);
}

using ScopeSet = EnumSet<Scope, std::uint8_t, kScopeNames.size()>;

/// Parses space-separated names, as in an OAuth scope (RFC 6749, 3.3). Returns nullopt for an
/// unknown name or an empty text.
[[nodiscard]] std::optional<ScopeSet> parse_scopes(std::string_view text);
[[nodiscard]] std::string scope_text(ScopeSet scopes);

/// True if the set contains more than the list scope, that is, a scope with which a stolen token
/// can do harm.
[[nodiscard]] constexpr bool has_step_up(ScopeSet scopes) {
  scopes.erase(Scope::cards_list);
  return !scopes.empty();
}

}  // namespace cardvault
