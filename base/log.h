#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

namespace cardvault::log {

enum class Level : std::uint8_t { debug, info, warning, error, off };

/// Sets the lowest level that is written. The default is `info`.
void set_level(Level level);
/// Accepts debug, info, warning, error and off. For any other word it returns false and does not
/// change `out`.
[[nodiscard]] bool parse_level(std::string_view word, Level& out);

/// One named value of an event. It takes texts, numbers and booleans only: a secret has no
/// conversion into any of them.
struct Field {
  std::string_view name;
  std::variant<std::string_view, std::int64_t, double, bool> value;
};

/// Writes one JSON object per line to standard error: time, level, event, then the fields. `event`
/// is a stable snake_case word. Text values are escaped, so no input can start a new line. Safe
/// from any thread; never throws.
void write(Level level, std::string_view event, std::initializer_list<Field> fields = {});

}  // namespace cardvault::log
