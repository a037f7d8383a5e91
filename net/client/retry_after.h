#pragma once

#include <optional>
#include <string_view>

#include "base/time.h"

namespace cardvault {

/// Reads a Retry-After field (RFC 9110, 10.2.3) as seconds from `now`. It takes a number of
/// seconds, or an HTTP-date in any of its three forms; 0 if the date has passed. A number of more
/// than nine digits becomes the largest number of nine digits. nullopt for anything else.
[[nodiscard]] std::optional<Seconds> parse_retry_after(std::string_view field, Time now);

}  // namespace cardvault
