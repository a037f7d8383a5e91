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

/// RFC 3339 in UTC with whole seconds, "2026-11-23T08:00:00Z".
[[nodiscard]] std::string format_rfc3339(Time time);

/// RFC 3339: what format_rfc3339 prints, also with small letters, a fraction, a numeric offset, or
/// a leap second at the end of a month, which is taken for the second after it. nullopt otherwise.
[[nodiscard]] std::optional<Time> parse_rfc3339(std::string_view text);

/// Where the time comes from. Implementations are safe to call from any thread.
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
