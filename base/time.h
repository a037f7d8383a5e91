#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cardvault {

/// Wall-clock time in UTC with millisecond resolution; the only time type of the project.
using Time = std::chrono::sys_time<std::chrono::milliseconds>;
using Seconds = std::chrono::seconds;

/// Formats as RFC 3339 in UTC with whole seconds: "2026-11-23T08:00:00Z".
[[nodiscard]] std::string format_rfc3339(Time time);

/// Reads RFC 3339: the output of format_rfc3339(), and also small letters, a fraction and a numeric
/// offset. A leap second at the end of a month becomes the second after it. nullopt for anything
/// else.
[[nodiscard]] std::optional<Time> parse_rfc3339(std::string_view text);

/// Source of the time. Implementations are safe to call from any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Time now() const = 0;
};

/// The machine's clock.
class SystemClock final : public Clock {
 public:
  [[nodiscard]] Time now() const override;
};

}  // namespace cardvault
