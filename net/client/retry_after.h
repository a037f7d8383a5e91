#pragma once

#include <optional>
#include <string_view>

#include "base/time.h"

namespace cardvault {

/// What a Retry-After field asks for (RFC 9110, 10.2.3), counted from `now`: seconds as they are,
/// the time until an HTTP-date in any of its three forms, 0 when it has passed. A number of more
/// than nine digits is the largest of nine. nullopt for anything else.
[[nodiscard]] std::optional<Seconds> parse_retry_after(std::string_view field, Time now);

}  // namespace cardvault
