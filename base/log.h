#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

namespace cardvault::log {

enum class Level : std::uint8_t { debug, info, warning, error, off };

/// Lowest level that is written; `info` until set.
void set_level(Level level);
/// False, and `out` untouched, for a word that is not debug, info, warning, error or off.
[[nodiscard]] bool parse_level(std::string_view word, Level& out);

/// One named value of an event. Only texts and numbers: secrets have no conversion into either.
struct Field {
  std::string_view name;
  std::variant<std::string_view, std::int64_t, double, bool> value;
};

/// Writes one JSON object per line to standard error: time, level, event, then the fields. `event`
/// is a stable snake_case word. Text values are escaped, so no input can start a line of its own.
/// Safe from any thread; never throws.
void write(Level level, std::string_view event, std::initializer_list<Field> fields = {});

}  // namespace cardvault::log
