#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "base/result.h"

namespace cardvault {

/// The only parser in this project for JSON from outside. It accepts one JSON text (RFC 8259) in
/// well-formed UTF-8, at most eight levels deep. No object may repeat a name, and every number must
/// fit a double.
///
/// malformed_json for every other text. A byte order mark in front and a NUL byte anywhere are
/// refused too. The parser below would skip the mark and stop at the NUL, so two readers could see
/// two different documents.
[[nodiscard]] Result<nlohmann::json> parse_strict_json(std::string_view text);

}  // namespace cardvault
