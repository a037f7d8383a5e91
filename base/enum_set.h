#pragma once

#include <cstddef>
#include <initializer_list>
#include <limits>
#include <optional>
#include <string_view>
#include <vector>

#include "base/names.h"

namespace cardvault {

/// A set of enumerators with the numbers 0 to Count - 1: number n is bit n. It keeps foreign bits,
/// which a later version may have stored, but never lists them.
template <class Enum, class Bits, std::size_t Count>
class EnumSet {
  static_assert(Count <= std::numeric_limits<Bits>::digits);

 public:
  constexpr EnumSet() = default;
  constexpr EnumSet(std::initializer_list<Enum> values) {
    for (const Enum value : values) insert(value);
  }
  constexpr explicit EnumSet(Bits bits) : bits_(bits) {}

  [[nodiscard]] constexpr bool has(Enum value) const { return (bits_ & bit(value)) != 0; }
  constexpr void insert(Enum value) { bits_ = static_cast<Bits>(bits_ | bit(value)); }
  constexpr void erase(Enum value) { bits_ = static_cast<Bits>(bits_ & ~bit(value)); }
  [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
  [[nodiscard]] constexpr Bits bits() const { return bits_; }
  /// Numbers rising.
  [[nodiscard]] constexpr std::vector<Enum> list() const {
    std::vector<Enum> values;
    for (std::size_t i = 0; i < Count; ++i) {
      if (has(static_cast<Enum>(i))) values.push_back(static_cast<Enum>(i));
    }
    return values;
  }
  bool operator==(const EnumSet&) const = default;

 private:
  static constexpr Bits bit(Enum value) {
    return static_cast<Bits>(Bits{1} << static_cast<unsigned>(value));
  }

  Bits bits_ = 0;
};

/// The set with these names; nullopt for an unknown name or no name at all.
template <class Set, class Table, class Texts>
[[nodiscard]] constexpr std::optional<Set> parse_names(const Table& names, Texts&& texts) {
  Set set;
  for (const std::string_view text : texts) {
    const auto value = parse_name(names, text);
    if (!value) return std::nullopt;
    set.insert(*value);
  }
  if (set.empty()) return std::nullopt;
  return set;
}

/// The names of a set's elements, numbers rising.
template <class Table, class Set>
[[nodiscard]] constexpr std::vector<std::string_view> names_in(const Table& names, const Set& set) {
  std::vector<std::string_view> found;
  for (const auto value : values_of(names)) {
    if (set.has(value)) found.push_back(name_of(names, value));
  }
  return found;
}

}  // namespace cardvault
