#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cardvault {

/// The rights that a token can have.
enum class Scope : std::uint8_t {
  cards_list = 0,
  card_balance = 1,
  card_transactions = 2,
  card_deregister = 3,
  card_channels = 4,
};

inline constexpr std::array<std::string_view, 5> kScopeNames{
    "cards:list", "card:balance", "card:transactions", "card:deregister", "card:channels"};

[[nodiscard]] constexpr std::string_view scope_name(Scope scope) {
  return kScopeNames[static_cast<std::size_t>(scope)];
}

/// Parses exactly one name; surrounding spaces are not allowed.
[[nodiscard]] std::optional<Scope> parse_scope(std::string_view name);

class ScopeSet {
 public:
  constexpr ScopeSet() = default;
  constexpr explicit ScopeSet(Scope scope) { insert(scope); }

  /// Parses space-separated names, as in an OAuth scope (RFC 6749, 3.3). Returns nullopt for an
  /// unknown name or an empty text.
  [[nodiscard]] static std::optional<ScopeSet> parse(std::string_view text);
  [[nodiscard]] std::string text() const;

  [[nodiscard]] constexpr bool has(Scope scope) const { return (bits_ & bit(scope)) != 0; }
  constexpr void insert(Scope scope) { bits_ = static_cast<std::uint8_t>(bits_ | bit(scope)); }
  [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
  /// True if the set contains more than the list scope, that is, a scope with which a stolen token
  /// can do harm.
  [[nodiscard]] constexpr bool has_step_up() const {
    return (bits_ & static_cast<std::uint8_t>(~bit(Scope::cards_list))) != 0;
  }
  bool operator==(const ScopeSet&) const = default;

 private:
  static constexpr std::uint8_t bit(Scope scope) {
    return static_cast<std::uint8_t>(1U << static_cast<unsigned>(scope));
  }

  std::uint8_t bits_ = 0;
};

}  // namespace cardvault
