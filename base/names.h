#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "base/ascii.h"

namespace cardvault {

/// The names of an enumeration whose numbers have no gap, in the order of the numbers. `First` is
/// the enumerator with the lowest number. Make it with names_from().
template <auto First, std::size_t Count>
struct EnumNames : std::array<std::string_view, Count> {};

/// True if an enumerator has this value. The compiler spells any other value as a cast, as in
/// "(Colour)7", so the last word of the spelling tells.
template <auto Value>
[[nodiscard]] consteval bool is_enumerator() {
  constexpr std::string_view spelling = __PRETTY_FUNCTION__;
  constexpr char start = spelling[spelling.find_last_of(":)= ") + 1];
  return !is_digit(start) && start != '-';
}

/// The value `steps` after `First`, whether or not an enumerator has it.
template <auto First>
[[nodiscard]] constexpr auto value_after(std::size_t steps) {
  return static_cast<decltype(First)>(static_cast<std::size_t>(First) + steps);
}

/// Names for all enumerators from `First` on. Does not compile if a name is missing or one is too
/// many.
template <auto First, class... Texts>
[[nodiscard]] consteval auto names_from(const Texts&... texts) {
  constexpr std::size_t count = sizeof...(texts);
  constexpr std::size_t back = -std::size_t{1};
  static_assert(!is_enumerator<value_after<First>(back)>(), "there is an enumerator before First");
  static_assert(is_enumerator<value_after<First>(count - 1)>(), "there is a name too many");
  static_assert(!is_enumerator<value_after<First>(count)>(), "the last name is missing");
  return EnumNames<First, count>{{texts...}};
}

/// "" for a value that no enumerator has.
template <auto First, std::size_t Count>
[[nodiscard]] constexpr std::string_view name_of(const EnumNames<First, Count>& names,
                                                 decltype(First) value) {
  const auto at = static_cast<std::size_t>(value) - static_cast<std::size_t>(First);
  return at < Count ? names[at] : std::string_view();
}

/// All enumerators, in the order of the names.
template <auto First, std::size_t Count>
[[nodiscard]] constexpr auto values_of(const EnumNames<First, Count>& /*names*/) {
  std::array<decltype(First), Count> values{};
  for (std::size_t i = 0; i < Count; ++i) values[i] = value_after<First>(i);
  return values;
}

template <auto First, std::size_t Count>
[[nodiscard]] constexpr std::optional<decltype(First)> parse_name(
    const EnumNames<First, Count>& names, std::string_view text) {
  for (const auto value : values_of(names)) {
    if (name_of(names, value) == text) return value;
  }
  return std::nullopt;
}

}  // namespace cardvault
