#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

#include "base/names.h"

namespace cardvault::log {

enum class Level : std::uint8_t { debug, info, warning, error, off };

inline constexpr auto kLevelNames =
    names_from<Level::debug>("debug", "info", "warning", "error", "off");

/// Sets the lowest level that is written. The default is `info`.
void set_level(Level level);

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
